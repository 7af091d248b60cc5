using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Storing;

/// <summary>
/// What a table takes no more: what it has deleted must not come back by a record that was late. Its row in <c>analytics.streams_table</c> is locked
/// by whoever writes, so that this is what holds while he does.
/// </summary>
/// <param name="Epoch">Epoch that is whole; rows of older ones are void. Null: none yet.</param>
/// <param name="DroppedBefore">Windows that ended before this instant (microseconds since 1970) are gone; null: none.</param>
/// <param name="LastChange">Number of the last change.</param>
public sealed record TableGate(long? Epoch, long? DroppedBefore, long LastChange)
{
    /// <summary>Whether the table takes a row.</summary>
    public bool Admits(AggregateRow row) =>
        (Epoch is not { } epoch || row.Version.Epoch >= epoch)
        && (DroppedBefore is not { } instant || row.WindowEnd is not { } end || end >= instant);
}
