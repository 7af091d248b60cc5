namespace Streams.FenceChecker.Tests.Engine;

/// <summary>The progress steps between numbered states, and the question which states can still reach a good one.</summary>
public sealed class ProgressGraph
{
    private const int ChunkSize = 1 << 20;
    private readonly List<int[]> _targets = [];
    private readonly List<long> _starts = [];
    private long _count;

    /// <summary>Opens the list of the next state; states come in the order of their numbers.</summary>
    public void NextState() => _starts.Add(_count);

    /// <summary>Adds a progress step out of the state opened last.</summary>
    public void Add(int target)
    {
        var chunk = (int)(_count / ChunkSize);
        if (chunk == _targets.Count)
        {
            _targets.Add(GC.AllocateUninitializedArray<int>(ChunkSize));
        }

        _targets[chunk][_count % ChunkSize] = target;
        _count++;
    }

    /// <summary>The first state from which no good state is reachable, or −1.</summary>
    public int FirstDead(Func<int, bool> isGood)
    {
        var (heads, sources) = Reversed();
        var alive = new bool[_starts.Count];
        var open = new Stack<int>();
        for (var state = 0; state < alive.Length; state++)
        {
            if (isGood(state))
            {
                alive[state] = true;
                open.Push(state);
            }
        }

        while (open.TryPop(out var state))
        {
            for (var edge = heads[state]; edge < heads[state + 1]; edge++)
            {
                var source = sources[edge];
                if (!alive[source])
                {
                    alive[source] = true;
                    open.Push(source);
                }
            }
        }

        return Array.IndexOf(alive, false);
    }

    private (int[] Heads, int[] Sources) Reversed()
    {
        var heads = new int[_starts.Count + 2];
        for (var edge = 0L; edge < _count; edge++)
        {
            heads[Target(edge) + 2]++;
        }

        for (var state = 2; state < heads.Length; state++)
        {
            heads[state] += heads[state - 1];
        }

        var sources = new int[_count];
        for (var source = 0; source < _starts.Count; source++)
        {
            var end = source + 1 < _starts.Count ? _starts[source + 1] : _count;
            for (var edge = _starts[source]; edge < end; edge++)
            {
                sources[heads[Target(edge) + 1]++] = source;
            }
        }

        return (heads, sources);
    }

    private int Target(long edge) => _targets[(int)(edge / ChunkSize)][edge % ChunkSize];
}
