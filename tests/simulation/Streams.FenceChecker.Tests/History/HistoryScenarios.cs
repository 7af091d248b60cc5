namespace Streams.FenceChecker.Tests.History;

/// <summary>Runs of <see cref="HistoryModel"/> with all rules in force.</summary>
public static class HistoryScenarios
{
    private static readonly HistoryConfiguration World = new();

    /// <summary>All of them.</summary>
    public static IEnumerable<Scenario> All =>
    [
        Run("H1", "failover with a zombie primary and source, 2 transactions, 2 readers", World),
        Run("H3", "as H1, order slot, barrier, epoch, V", World with { Order = [ChangeStep.Slot, ChangeStep.Barrier, ChangeStep.Bump, ChangeStep.Publish] }),
        Run("H4", "as H1, order slot, epoch, barrier, V", World with { Order = [ChangeStep.Slot, ChangeStep.Bump, ChangeStep.Barrier, ChangeStep.Publish] }),
        Run("H5", "crash of one node that loses asynchronous commits, no zombie", World with { Zombie = false }),
        Run("H6", "synchronous replication, zombie", World with { SynchronousReplication = true }),
        Run("H8", "no barrier, but the slot waits for every running transaction", World with { Order = [ChangeStep.Slot, ChangeStep.Bump, ChangeStep.Publish], SlotWaits = true }),
        Run("H9", "3 transactions, no zombie, 1 reader", World with { Transactions = 3, Readers = 1, Zombie = false }),
        Run("H2", "as H1, 3 transactions, 1 reader", World with { Transactions = 3, Readers = 1 }, isLarge: true, isLive: false),
    ];

    private static Scenario Run(string name, string what, HistoryConfiguration configuration, bool isLarge = false, bool isLive = true) =>
        Scenario.Of(name, what, new HistoryModel(configuration), isLarge, isLive);
}
