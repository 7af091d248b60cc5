using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Streams.Cli.Aggregates;
using Streams.Core.Aggregates;
using Streams.Postgres;
using Streams.Schemas.Aggregates;

namespace Streams.Cli.Commands;

/// <summary><c>streams agg</c>: what the aggregates say, whether it equals SQL, and how far they are.</summary>
internal static class AggregateCommand
{
    private const int PipeWidth = 1_000;
    private static readonly Option<string> Folder = new("--dir") { Description = "Folder of a stack of ./streams up; without one, the STREAMS__… variables", DefaultValueFactory = _ => ".streams" };
    private static readonly Argument<string> Name = new("name") { Description = "Aggregate" };

    public static Command Create() => new("agg", "Aggregates: list, show, verify, backfill, soak.") { List(), Show(), Verify(), Backfill(), AggregateSoakCommand.Create() };

    private static Command List()
    {
        var command = new Command("list", "Aggregates, their epochs and how far they are.") { Folder };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(async () =>
        {
            await using var target = await AggregateTarget.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var table = new Table().AddColumns("aggregate", "epoch", "state", "rows", "as of", "reason");
            foreach (var epoch in await target.Epochs.ReadAsync(cancellationToken))
            {
                using var reading = Reading(target, target.Plan(epoch.Name));
                await reading.ReadAsync(cancellationToken);
                var asOf = reading.Progress(epoch.Name, epoch.Epoch).SelectMany(one => one.Raw).Select(raw => raw.Micros).DefaultIfEmpty().Min();
                table.AddRow(
                    epoch.Name, $"{epoch.Epoch}", epoch.IsLive ? "live" : "shadow", $"{reading.Rows.Count}",
                    asOf is { } micros ? DateTime.UnixEpoch.AddTicks(micros * 10).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : "not known", epoch.Reason);
            }

            Print(table);
            return 0;
        }));
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "The rows of an aggregate, from its topic.") { Name, Folder };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(async () =>
        {
            await using var target = await AggregateTarget.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var plan = target.Plan(parsed.GetRequiredValue(Name));
            using var reading = Reading(target, plan);
            await reading.ReadAsync(cancellationToken);
            var table = new Table();
            string[] columns = [.. plan.Groups.Select(group => group.Name), .. plan.Window is null ? [] : new[] { AggregateSchema.WindowStart }, .. plan.Measures.Select(measure => measure.Name), "revision"];
            table.AddColumns(columns);
            foreach (var row in reading.Rows.OrderBy(row => row.Key, StringComparer.Ordinal).Select(row => row.Value))
            {
                table.AddRow([.. Cells(row).Select(Markup.Escape)]);
            }

            Print(table);
            return 0;
        }));
        return command;
    }

    /// <summary>In a pipe there is no window to fit into: a row is a line.</summary>
    private static void Print(Table table)
    {
        AnsiConsole.Profile.Width = Console.IsOutputRedirected ? PipeWidth : AnsiConsole.Profile.Width;
        AnsiConsole.Write(table);
    }

    private static IEnumerable<string> Cells(AggregateRow row) =>
    [
        .. row.Groups.Select(value => value.ToString()),
        .. row.WindowStart is { } start ? [DateTime.UnixEpoch.AddTicks(start * 10).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)] : Array.Empty<string>(),
        .. row.Measures.Select(measure => measure.Top.IsDefaultOrEmpty ? measure.Value.ToString() : string.Join(", ", measure.Top.Select(entry => $"{entry.Value} ({entry.Key})"))),
        $"{row.Version.Revision}",
    ];

    private static Command Verify()
    {
        var quiesce = new Option<bool>("--quiesce") { Description = "Lock the table against writes meanwhile: every group is compared in one round" };
        var rounds = new Option<int>("--rounds") { Description = "At most so many rounds for groups that keep changing", DefaultValueFactory = _ => 20 };
        var timeout = new Option<double>("--timeout") { Description = "Seconds that a round may wait for the pipeline", DefaultValueFactory = _ => 120 };
        var command = new Command("verify", "Compares an aggregate with SQL, exactly, while everything runs. Exit code 0: no difference.") { Name, Folder, quiesce, rounds, timeout };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(async () =>
        {
            await using var target = await AggregateTarget.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var plan = target.Plan(parsed.GetRequiredValue(Name));
            using var reading = Reading(target, plan);
            var verifier = new AggregateVerifier(plan, reading, target, TimeProvider.System);
            var found = await verifier.RunAsync(parsed.GetValue(quiesce), parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(timeout)), cancellationToken);
            found.Differences.ToList().ForEach(Console.WriteLine);
            Console.WriteLine($"{plan.Name}: {found.Compared} groups compared with SQL in {found.Rounds} rounds, {found.Differences.Length} differences"
                + (found.Undecided > 0 ? $", {found.Undecided} changed in every round (--quiesce compares them)" : ""));
            return found.Differences.IsEmpty && found.Undecided == 0 ? 0 : 1;
        }));
        return command;
    }

    private static Command Backfill()
    {
        var execute = new Option<bool>("--execute") { Description = "Do it; without this the plan is shown" };
        var snapshot = new Option<bool>("--snapshot") { Description = "From an incremental snapshot of the table, not from the log: when a record in the log cannot be folded" };
        var command = new Command("backfill", "Computes an aggregate anew in the shadow; the rows of now are served until the new ones are complete.") { Name, Folder, execute, snapshot };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(async () =>
        {
            await using var target = await AggregateTarget.OpenAsync(parsed.GetRequiredValue(Folder), cancellationToken);
            var plan = target.Plan(parsed.GetRequiredValue(Name));
            var newest = (await target.Epochs.ReadAsync(cancellationToken)).Where(epoch => epoch.Name == plan.Name).MaxBy(epoch => epoch.Epoch) ?? throw CliErrors.NotLive.With($"'{plan.Name}'.");
            var (lows, ends) = target.Marks(plan, newest.Starts.Length);
            // An epoch of a snapshot rests on rows that only its own snapshot has.
            var fromLog = !parsed.GetValue(snapshot) && newest.Snapshot is null && lows.Zip(newest.Starts).All(pair => pair.First <= pair.Second);
            Console.WriteLine($"{plan.Name}: epoch {newest.Epoch} ({(newest.IsLive ? "live" : "shadow")}); a new one "
                + (fromLog ? $"folds {ends.Sum() - newest.Starts.Sum()} records of {target.RawTopic(plan)}" : $"takes an incremental snapshot of {plan.Table.Name}, when no other is under way"));
            if (!parsed.GetValue(execute))
            {
                Console.WriteLine("nothing was done; --execute begins it");
                return 0;
            }

            // The keeper asks for the snapshot, when no other is under way.
            var begun = await target.Epochs.BeginAsync(
                newest with { DefinitionHash = plan.Hash, Reason = "backfill", Targets = fromLog ? ends : [], Snapshot = null }, plan.Table.Name, newest.Epoch, cancellationToken);
            Console.WriteLine(begun is null ? "another epoch was begun meanwhile; look at streams agg list" : $"epoch {begun.Epoch} is begun; streams agg list shows when it is live");
            return begun is null ? 1 : 0;
        }));
        return command;
    }

    private static AggregateReading Reading(AggregateTarget target, AggregatePlan plan) => new(plan, new AggregateTopic(plan, target.Registry), target.BootstrapServers);
}
