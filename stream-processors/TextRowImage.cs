using System.Collections.Immutable;
using Streams.Core.Rules;
using Streams.Core.Values;
using Streams.Debezium;

namespace Streams.Processors;

/// <summary>A row whose columns are given as text: of a test beside a rule.</summary>
internal sealed class TextRowImage(ImmutableDictionary<string, string?> columns) : IRowImage
{
    private readonly ImmutableDictionary<string, string?> _columns = columns;

    public bool Has(string column) => _columns.TryGetValue(column, out var value) && value != IRowImage.Placeholder;

    public string? Text(ColumnDescription column) =>
        Has(column.Name) ? _columns[column.Name] : throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");

    public SqlValue Value(ColumnDescription column, SqlType type) => Text(column) is { } text ? SqlValue.Of(text) : SqlValue.Null;

    public bool SameValue(IRowImage after, string column) =>
        after is TextRowImage image
        && image._columns.TryGetValue(column, out var theirs)
        && _columns.TryGetValue(column, out var ours)
        && (theirs == IRowImage.Placeholder || ours == theirs);
}
