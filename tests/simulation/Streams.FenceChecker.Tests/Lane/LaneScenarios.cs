namespace Streams.FenceChecker.Tests.Lane;

/// <summary>Runs of <see cref="LaneModel"/> with all rules in force.</summary>
public static class LaneScenarios
{
    private static readonly LaneConfiguration World = new();

    /// <summary>Small ones first.</summary>
    public static IEnumerable<Scenario> All => [.. Plain, .. Sinks, .. Redis, .. Truncation, .. Machine, .. Large];

    private static IEnumerable<Scenario> Plain =>
    [
        Run("A1", "2 transactions, 2 readers, re-emission, cached V", World with { Emissions = 2, CachedFrontier = true }),
        Run("A2", "3 transactions, 1 reader, re-emission, cached V", World with { Transactions = 3, Readers = 1, Emissions = 2, CachedFrontier = true }),
        Run("A3", "3 transactions, 2 readers", World with { Transactions = 3 }),
        Run("A5", "3 transactions, 1 reader, re-emission, batches of several records", World with { Transactions = 3, Readers = 1, Emissions = 2, Batches = true }),
        Run("A6", "3 transactions, 2 readers, keeper reads ahead of APPLY", World with { Transactions = 3, KeeperReadsAhead = true }),
    ];

    private static IEnumerable<Scenario> Sinks =>
    [
        Run("B1", "2 sinks, sub-steps, 2 crashes, 1 reader", World with { Sinks = 2, Readers = 1, Crashes = 2, SubSteps = true }),
        Run("B3", "1 sink, sub-steps, 2 crashes, re-emission, 2 readers", World with { SubSteps = true, Crashes = 2, Emissions = 2 }),
        Run("B4", "2 sinks, 1 crash, 2 readers", World with { Sinks = 2, Crashes = 1 }),
        Run("B5", "as B1, 3 transactions, T 2 of another key, 1 crash", World with { Transactions = 3, OtherKey = 4, Sinks = 2, Readers = 1, Crashes = 1, SubSteps = true }),
        Run("B6", "2 sinks, sub-steps, 2 crashes, 2 readers", World with { Sinks = 2, Crashes = 2, SubSteps = true }),
        Run("B7", "2 sinks, 1 crash, 3 transactions, batches, 1 reader", World with { Transactions = 3, Readers = 1, Sinks = 2, Crashes = 1, Batches = true }),
    ];

    private static IEnumerable<Scenario> Redis =>
    [
        Run("C0", "2 failovers of Redis, T 1 of another key, 1 reader", World with { OtherKey = 2, Readers = 1, Failovers = 2 }),
        Run("C1", "2 failovers of Redis, 2 readers", World with { Failovers = 2 }),
        Run("C2", "2 failovers of Redis, 2 sinks, 1 crash, 1 reader", World with { Failovers = 2, Sinks = 2, Crashes = 1, Readers = 1 }),
        Run("C3", "1 failover of Redis, 2 sinks, sub-steps, 1 reader", World with { Failovers = 1, Sinks = 2, Readers = 1, SubSteps = true }),
        Run("C4", "2 losses (everything, fences, V or A), 2 readers", World with { Losses = 2 }),
        Run("C5", "1 loss, 2 sinks, 1 crash, 1 reader", World with { Losses = 1, Sinks = 2, Crashes = 1, Readers = 1 }),
        Run("C6", "1 loss, re-floor in pieces, 1 crash, 2 readers", World with { Losses = 1, ReFloorInPieces = true, Crashes = 1 }),
        Run("C7", "1 loss and 1 failover, 1 reader", World with { Losses = 1, Failovers = 1, Readers = 1 }),
    ];

    private static IEnumerable<Scenario> Truncation =>
    [
        Run("S1", "first start: nothing in Redis, no epoch, 2 readers, 1 crash", World with { FirstStart = true, Crashes = 1 }),
        Run("S2", "first start of 2 sinks, re-floor in pieces, 1 reader", World with { FirstStart = true, Sinks = 2, Readers = 1, ReFloorInPieces = true }),
        Run("T1", "1 truncation, 2 readers", World with { Truncations = 1 }),
        Run("T2", "1 truncation, 1 failover of Redis, 1 reader", World with { Truncations = 1, Failovers = 1, Readers = 1 }),
        Run("T5", "1 truncation, re-floor in pieces, 1 crash, 2 readers", World with { Truncations = 1, ReFloorInPieces = true, Crashes = 1 }),
    ];

    private static LaneConfiguration Product => World with { LaneMachine = true, Readers = 1 };

    private static IEnumerable<Scenario> Machine =>
    [
        Run("L1", "lane machine, 3 transactions, re-emission, batches", Product with { Transactions = 3, Emissions = 2, Batches = true }),
        Run("L2", "lane machine, 2 sinks, 1 crash, 2 readers", Product with { Sinks = 2, Crashes = 1, Readers = 2 }),
        Run("L3", "lane machine, 2 failovers of Redis, 2 readers", Product with { Failovers = 2, Readers = 2 }),
        Run("L4", "lane machine, 1 loss, 2 sinks, 1 crash", Product with { Losses = 1, Sinks = 2, Crashes = 1 }),
        Run("L5", "lane machine, 1 truncation, 1 failover of Redis", Product with { Truncations = 1, Failovers = 1 }),
        Run("L6", "lane machine, first start, re-floor in pieces, 2 sinks, 1 crash", Product with { FirstStart = true, ReFloorInPieces = true, Sinks = 2, Crashes = 1 }),
        Run("L7", "lane machine, 2 sinks, 1 failover of Redis, T 1 of another key", Product with { Sinks = 2, Failovers = 1, OtherKey = 2 }),
        Run("L9", "lane machine, polls judged late, 1 failover of Redis and 1 loss", Product with { LatePolls = true, Failovers = 1, Losses = 1 }),
        Run("L8", "lane machine, 1 loss and 1 failover, re-floor in pieces", Product with { Losses = 1, Failovers = 1, ReFloorInPieces = true }),
    ];

    private static IEnumerable<Scenario> Large =>
    [
        Run("L10", "lane machine, polls judged late, 1 transaction, 1 failover of Redis and 1 loss, 2 sinks", Product with { LatePolls = true, Transactions = 1, Failovers = 1, Losses = 1, Sinks = 2 }, isLarge: true),
        Run("A4", "3 transactions, 2 readers, re-emission, cached V", World with { Transactions = 3, Emissions = 2, CachedFrontier = true }, isLarge: true),
        Run("C8", "3 transactions, 1 loss and 1 failover, 1 reader", World with { Transactions = 3, Losses = 1, Failovers = 1, Readers = 1 }, isLarge: true),
        Run("C10", "2 losses, 2 sinks, 1 crash, 1 reader", World with { Losses = 2, Sinks = 2, Crashes = 1, Readers = 1 }, isLarge: true),
        Run("C11", "1 loss and 1 failover, 2 sinks, 1 reader", World with { Losses = 1, Failovers = 1, Sinks = 2, Readers = 1 }, isLarge: true),
        Run("T3", "1 truncation, 1 failover of Redis, 2 readers", World with { Truncations = 1, Failovers = 1 }, isLarge: true),
        Run("T4", "3 transactions, 1 truncation and 1 loss, 1 reader", World with { Transactions = 3, Truncations = 1, Losses = 1, Readers = 1 }, isLarge: true),
        Run("T6", "1 truncation and 1 loss, re-floor in pieces, 1 crash, 1 reader", World with { Truncations = 1, Losses = 1, ReFloorInPieces = true, Crashes = 1, Readers = 1 }, isLarge: true),
        Run("T7", "1 truncation, 2 sinks that re-floor against each other in pieces (no lock, 3 epochs), 1 reader", World with { Truncations = 1, Sinks = 2, Readers = 1, ReFloorInPieces = true, ReFloorsAreLocked = false }, isLarge: true, isLive: false),
    ];

    private static Scenario Run(string name, string what, LaneConfiguration configuration, bool isLarge = false, bool isLive = true) =>
        Scenario.Of(name, what, new LaneModel(configuration), isLarge, isLive);
}
