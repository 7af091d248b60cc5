using System.CommandLine;
using Streams.Cli.Soak;
using Streams.Cli.Stack;
using Streams.Configuration;

namespace Streams.Cli.Commands;

/// <summary><c>streams soak</c>: writers, readers, kills and flushes against a stack of its own; at the end every cached value equals its row, or exit code 1.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long load and faults last", DefaultValueFactory = _ => 5 };
        var seed = new Option<int>("--seed") { Description = "Seed of the choices", DefaultValueFactory = _ => 1 };
        var killEvery = new Option<double>("--kill-every") { Description = "Seconds between kills of the sink; 0 = none", DefaultValueFactory = _ => 20 };
        var folder = new Option<string>("--dir") { Description = "Folder of the stack; made anew", DefaultValueFactory = _ => Path.Combine(".streams", "soak") };
        var command = new Command("soak", "Proves on this machine that no stale value survives load, kills and flushes.") { minutes, seed, killEvery, folder };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(() => RunAsync(
            new SoakOptions(
                TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed), TimeSpan.FromSeconds(parsed.GetValue(killEvery)),
                Path.GetFullPath(parsed.GetRequiredValue(folder))),
            cancellationToken)));
        return command;
    }

    private static async Task<int> RunAsync(SoakOptions options, CancellationToken cancellationToken)
    {
        var project = Directory.GetCurrentDirectory();
        var definition = StreamsFile.Load(Path.Combine(project, "streams.yaml"));
        if (Directory.Exists(options.Folder))
        {
            Directory.Delete(options.Folder, recursive: true);
        }

        Console.WriteLine($"seed {options.Seed}, {options.Duration.TotalMinutes:0.##} minutes, stack in {options.Folder}");
        await using var stack = await LocalStack.StartAsync(new StackOptions(options.Folder, project), Console.WriteLine, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var supervision = stack.SuperviseAsync(stop.Token);
        var result = await new SoakRun(options, Endpoints.TryRead(options.Folder)!, definition, Console.WriteLine).RunAsync(cancellationToken);
        await stop.CancelAsync();
        await supervision;
        Report(result);
        return result.Passed ? 0 : 1;
    }

    private static void Report(SoakResult result)
    {
        var (tally, findings) = (result.Tally, result.Findings);
        Console.WriteLine($"{tally.Writes} writes, {tally.Reads} reads, {tally.Hits} hits, {tally.ReadErrors} read errors, {tally.Kills} kills, {tally.Flushes} flushes");
        Console.WriteLine($"quiet after {result.QuietAfter.TotalSeconds:0.0} s; own writes missed: {tally.OwnWritesMissed}");
        foreach (var key in findings.Stale.Take(20))
        {
            Console.WriteLine($"STALE {key}");
        }

        Console.WriteLine($"{findings.Checked} cached values compared with their rows, {findings.Stale.Count} stale: {(result.Passed ? "passed" : "FAILED")}");
    }
}
