namespace Streams.Cli.Soak;

/// <summary>One soak.</summary>
/// <param name="Duration">How long writers, readers and faults run.</param>
/// <param name="Seed">Seed of every choice that is made; interleaving is up to the machine.</param>
/// <param name="KillEvery">Time between two kills of the sink; zero = none.</param>
/// <param name="Folder">Folder of the stack.</param>
public sealed record SoakOptions(TimeSpan Duration, int Seed, TimeSpan KillEvery, string Folder)
{
    /// <summary>Writers.</summary>
    public int Writers { get; init; } = 8;

    /// <summary>Readers.</summary>
    public int Readers { get; init; } = 16;

    /// <summary>Hot products.</summary>
    public int HotRows { get; init; } = 200;

    /// <summary>FLUSHALLs, evenly spread.</summary>
    public int Flushes { get; init; } = 2;
}
