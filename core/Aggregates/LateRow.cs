using System.Collections.Immutable;
using Streams.Core.Values;

namespace Streams.Core.Aggregates;

/// <summary>
/// A row that went into a window, or out of one, by a change that was committed after the window's end and grace. It counts all the same; this says so.
/// </summary>
/// <param name="Change">Which change, which way, which row.</param>
/// <param name="Groups">Values of the group columns, in the plan's order.</param>
/// <param name="WindowStart">First microsecond of the window since 1970.</param>
/// <param name="WindowEnd">End of the window, microseconds since 1970.</param>
public sealed record LateRow(LateChange Change, ImmutableArray<SqlValue> Groups, long WindowStart, long WindowEnd);

/// <summary>A late change of one window: all of it follows from the raw log, so that whoever says it again says the same.</summary>
/// <param name="Raw">Raw partition.</param>
/// <param name="Offset">Offset of the change there.</param>
/// <param name="IsIn">The row went in; otherwise out: deleted, changed or moved.</param>
/// <param name="Key">Primary key of the row: the text of the column, or a JSON array of texts for several.</param>
/// <param name="Instant">The row's instant, microseconds since 1970; of one that goes out, as it was.</param>
/// <param name="Committed">Commit time of the change, microseconds since 1970, the source's clock.</param>
/// <param name="LateBy">Microseconds from the window's end and grace to the commit; above 0.</param>
/// <param name="Epoch">Epoch of the aggregate that met it.</param>
public sealed record LateChange(int Raw, long Offset, bool IsIn, string Key, long Instant, long Committed, long LateBy, long Epoch);
