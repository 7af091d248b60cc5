using System.CommandLine;
using Streams.Cli.Soak;
using Streams.Cli.Stack;

namespace Streams.Cli.Commands;

/// <summary><c>streams agg soak</c>: a stack of its own, changes of every kind, kills of every process; at the end every group equals SQL, or exit code 1.</summary>
internal static class AggregateSoakCommand
{
    public static Command Create()
    {
        var changes = new Option<long>("--changes") { Description = "Row changes to make", DefaultValueFactory = _ => 100_000 };
        var kills = new Option<int>("--kills") { Description = "SIGKILLs of each process", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Seed of the choices", DefaultValueFactory = _ => 1 };
        var folder = new Option<string>("--dir") { Description = "Folder of the stack; made anew", DefaultValueFactory = _ => Path.Combine(".streams", "agg-soak") };
        var command = new Command("soak", "Proves on this machine that aggregates equal SQL after kills, replays, snapshots and rebalances.") { changes, kills, seed, folder };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(() => RunAsync(
            new AggregateSoakOptions(parsed.GetValue(changes), parsed.GetValue(kills), parsed.GetValue(seed), Path.GetFullPath(parsed.GetRequiredValue(folder))), cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(AggregateSoakOptions options, CancellationToken cancellationToken)
    {
        if (Directory.Exists(options.Folder))
        {
            Directory.Delete(options.Folder, recursive: true);
        }

        Console.WriteLine($"seed {options.Seed}, {options.Changes} changes, {options.Kills} kills of each of {string.Join(", ", options.Victims)}, stack in {options.Folder}");
        var since = TimeProvider.System.GetTimestamp();
        await using var stack = await LocalStack.StartAsync(new StackOptions(options.Folder, Directory.GetCurrentDirectory()), Console.WriteLine, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var supervision = stack.SuperviseAsync(stop.Token);
        var tally = new AggregateSoakTally();
        var differences = await new AggregateSoakRun(options, stack, Console.WriteLine).RunAsync(tally, cancellationToken);
        await stop.CancelAsync();
        await supervision;
        Console.WriteLine(
            $"{tally.Changes} changes, {tally.Kills} kills, {tally.Replayed} raw records replayed, {tally.Snapshots} snapshots asked for, {tally.Rebalances} rebalances by instances, "
            + $"{TimeProvider.System.GetElapsedTime(since).TotalMinutes:0.0} minutes: {(differences == 0 ? "passed" : "FAILED")}");
        return differences == 0 ? 0 : 1;
    }
}
