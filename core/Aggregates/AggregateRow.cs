using System.Collections.Immutable;
using Streams.Core.Values;

namespace Streams.Core.Aggregates;

/// <summary>One published row of an aggregate: what <c>SELECT … GROUP BY</c> gives for one group at <see cref="Positions"/>.</summary>
/// <param name="Groups">Values of the group columns, in the plan's order.</param>
/// <param name="WindowStart">First microsecond of the window (of a session: its first row) since 1970; null without windows.</param>
/// <param name="WindowEnd">
/// End of the window, microseconds since 1970: exclusive for tumbling and hopping; of a session its last row, and of one that is gone the last end that
/// was said of it, or its start.
/// </param>
/// <param name="Measures">In the plan's order; empty when <see cref="IsEmpty"/>.</param>
/// <param name="Version">Accept iff it is higher than what is held for the key.</param>
/// <param name="Positions">For each raw partition how many records of it are contained, and what is known of the source's clock.</param>
public sealed record AggregateRow(
    ImmutableArray<SqlValue> Groups, long? WindowStart, long? WindowEnd, ImmutableArray<MeasureValue> Measures, AggregateVersion Version, AsOf Positions)
{
    /// <value>Whether SQL gives no row for the group any more. Such a row is published, never a null value: a tombstone would forget the version.</value>
    public bool IsEmpty { get; init; }
}

/// <summary>Order of the rows of one key: epoch, then revision, then final after not final.</summary>
/// <param name="Epoch">Of the aggregate: a definition and a history of the source.</param>
/// <param name="Revision">Sum over the raw partitions of the offset after the last record that changed the group; grows with every change.</param>
/// <param name="IsFinal">Advisory: no more rows are expected, because the source's clock is beyond the window's end and grace.</param>
public readonly record struct AggregateVersion(long Epoch, long Revision, bool IsFinal) : IComparable<AggregateVersion>
{
    /// <inheritdoc/>
    public int CompareTo(AggregateVersion other) => (Epoch, Revision, IsFinal).CompareTo((other.Epoch, other.Revision, other.IsFinal));

    /// <summary>Whether this one replaces the other.</summary>
    public bool IsAbove(AggregateVersion other) => CompareTo(other) > 0;
}

/// <summary>Which commits are contained.</summary>
/// <param name="Offsets">Per raw partition: every record below this offset.</param>
/// <param name="Lsn">Every commit up to this WAL position is contained; null: not known yet.</param>
/// <param name="Micros">Source's clock at <see cref="Lsn"/>, microseconds since 1970; null: not known yet.</param>
public sealed record AsOf(ImmutableArray<long> Offsets, long? Lsn, long? Micros);

/// <summary>A measure's value.</summary>
/// <param name="Value">Of every kind but top.</param>
/// <param name="Top">Of top: values with the keys of their rows, best first.</param>
public readonly record struct MeasureValue(SqlValue Value, ImmutableArray<TopEntry> Top)
{
    /// <summary>One value.</summary>
    public static MeasureValue Of(SqlValue value) => new(value, []);
}

/// <summary>An entry of top.</summary>
/// <param name="Value">Value.</param>
/// <param name="Key">Primary key of the row: the text of the column, or a JSON array of texts for several.</param>
public readonly record struct TopEntry(SqlValue Value, string Key);
