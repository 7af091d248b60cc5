namespace Streams.Cli.Soak;

/// <summary>One soak of aggregates.</summary>
/// <param name="Changes">Row changes to make, at least.</param>
/// <param name="Kills">SIGKILLs of each process.</param>
/// <param name="Seed">Seed of every choice that is made; interleaving is up to the machine.</param>
/// <param name="Folder">Folder of the stack.</param>
public sealed record AggregateSoakOptions(long Changes, int Kills, int Seed, string Folder)
{
    /// <summary>Longest pause between two kills, of whichever process; half of it on average.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Processes that are killed.</summary>
    public IReadOnlyList<string> Victims { get; init; } = ["stream-processors", "analytics-sink", "registry", "connect", "kafka", "postgres"];
}

/// <summary>What was done so far; read by all, each part written by one.</summary>
public sealed class AggregateSoakTally
{
    private long _changes;

    /// <summary>Row changes that were committed.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>Kills of all processes together.</summary>
    public int Kills { get; set; }

    /// <summary>Raw records that were written a second time.</summary>
    public int Replayed { get; set; }

    /// <summary>Instances that came and went.</summary>
    public int Rebalances { get; set; }

    /// <summary>Incremental snapshots asked for.</summary>
    public int Snapshots { get; set; }

    /// <summary>Notes changes.</summary>
    public void Add(long changes) => Interlocked.Add(ref _changes, changes);
}
