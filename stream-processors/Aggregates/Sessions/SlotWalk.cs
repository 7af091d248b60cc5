namespace Streams.Processors.Aggregates.Sessions;

/// <summary>First and last instant of the rows in a slot.</summary>
internal readonly record struct SlotBounds(long First, long Last);

/// <summary>Walks from slot to slot of a group. What it has seen it keeps: it is of one moment.</summary>
/// <param name="gap">The gap, which is the length of a slot: microseconds.</param>
/// <param name="boundsOf">Bounds of the slot that begins there; null: it has no rows.</param>
internal sealed class SlotWalk(long gap, Func<long, SlotBounds?> boundsOf)
{
    private readonly Dictionary<long, SlotBounds?> _bounds = [];
    private readonly Dictionary<long, long> _starts = [];

    /// <summary>Bounds of a slot; null: it has no rows.</summary>
    public SlotBounds? Of(long slot)
    {
        if (!_bounds.TryGetValue(slot, out var bounds))
        {
            _bounds[slot] = bounds = boundsOf(slot);
        }

        return bounds;
    }

    /// <summary>Whether the rows of a slot are of the session that the slot before it ends with. Slots that are further apart never are of one.</summary>
    public bool Continues(long slot) => Of(slot) is { } here && Of(slot - gap) is { } before && here.First - before.Last <= gap;

    /// <summary>First instant of the session that a slot's rows are of; null: it has no rows.</summary>
    public long? StartOf(long slot)
    {
        if (Of(slot) is null)
        {
            return null;
        }

        var at = slot;
        while (!_starts.ContainsKey(at) && Continues(at))
        {
            at -= gap;
        }

        var start = _starts.TryGetValue(at, out var known) ? known : Of(at)!.Value.First;
        for (; at <= slot; at += gap)
        {
            _starts[at] = start;
        }

        return start;
    }

    /// <summary>
    /// Starts of the sessions that a change of a slot may have given rows, taken rows from, or moved: those of the slot and of its neighbours. What lies
    /// beyond them begins and ends as before.
    /// </summary>
    public IEnumerable<long> StartsAround(long slot) =>
        new[] { StartOf(slot - gap), StartOf(slot), StartOf(slot + gap) }.OfType<long>();
}
