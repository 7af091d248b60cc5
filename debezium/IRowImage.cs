using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Debezium;

/// <summary>One row as a change event carries it.</summary>
public interface IRowImage
{
    /// <summary>Debezium's <c>unavailable.value.placeholder</c>: a value stored out of line (TOAST) that did not change and was not sent.</summary>
    const string Placeholder = "__debezium_unavailable_value";

    /// <summary>Whether the column was sent; false for the placeholder and for columns that the replica identity leaves out.</summary>
    bool Has(string column);

    /// <summary>The column as Postgres casts it to text (time zone UTC), or null for NULL.</summary>
    /// <exception cref="StreamsException">STR2003, STR2004.</exception>
    string? Text(ColumnDescription column);

    /// <summary>The column as a value; of a type that is only asked for NULL: <see cref="SqlValue.Opaque"/>.</summary>
    /// <exception cref="StreamsException">STR2003, STR2004.</exception>
    SqlValue Value(ColumnDescription column, SqlType type);

    /// <summary>Whether the later row <paramref name="after"/> has the value that this one has; a value that was not sent because it did not change counts as the same.</summary>
    bool SameValue(IRowImage after, string column);
}
