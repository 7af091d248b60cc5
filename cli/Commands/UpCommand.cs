using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Spectre.Console;
using StackExchange.Redis;
using Streams.Cli.Demo;
using Streams.Cli.Stack;
using Streams.Configuration;

namespace Streams.Cli.Commands;

/// <summary><c>streams up</c>: everything on this machine, until Ctrl-C.</summary>
internal static class UpCommand
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(Console.IsOutputRedirected ? 5 : 1);

    public static Command Create()
    {
        var engine = new Option<string?>("--engine") { Description = "kafka: Apache Kafka, Connect and Debezium (the embedded engine comes later)" };
        engine.AcceptOnlyFromAmong("kafka", "embedded");
        var demo = new Option<string>("--demo") { Description = "on: a trickle of writes; off: none", DefaultValueFactory = _ => "on" };
        demo.AcceptOnlyFromAmong("on", "off");
        var folder = new Option<string>("--dir") { Description = "Folder for data, logs and endpoints.json", DefaultValueFactory = _ => ".streams" };
        var duration = new Option<double?>("--duration") { Description = "Seconds after which it stops by itself; without it, Ctrl-C does" };
        var command = new Command("up", "Starts Postgres, Redis, Kafka, Connect with Debezium and all services on this machine, until Ctrl-C.") { engine, demo, folder, duration };
        command.SetAction((parsed, _) => Guarded.RunAsync(async () =>
        {
            if (parsed.GetValue(engine) is not "kafka")
            {
                Console.WriteLine("The embedded engine is not in this version: Apache Kafka is used (--engine kafka).");
            }

            var options = new StackOptions(Path.GetFullPath(parsed.GetRequiredValue(folder)), Directory.GetCurrentDirectory());
            return await RunAsync(options, parsed.GetValue(demo) == "on", parsed.GetValue(duration));
        }));
        return command;
    }

    private static async Task<int> RunAsync(StackOptions options, bool withDemo, double? seconds)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        // A mistake in the rules is told before anything is started.
        StreamsFile.Load(Path.Combine(options.ProjectFolder, "streams.yaml"));
        var since = Stopwatch.GetTimestamp();
        await using var stack = await LocalStack.StartAsync(options, Console.WriteLine, stop.Token);
        ShowEndpoints(options, Stopwatch.GetElapsedTime(since));
        if (seconds is { } limit)
        {
            stop.CancelAfter(TimeSpan.FromSeconds(limit));
        }

        var supervision = stack.SuperviseAsync(stop.Token);
        await (withDemo ? DemoAsync(stack, stop.Token) : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default));
        Console.WriteLine();
        Console.WriteLine("stopping");
        await supervision;
        return 0;

        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task DemoAsync(LocalStack stack, CancellationToken stop)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(stack.RedisConfiguration + ",abortConnect=false");
        using var api = new HttpClient { BaseAddress = stack.AddressOf("ingest-api") };
        var traffic = new DemoTraffic(api, redis.GetDatabase(), TimeProvider.System);
        await traffic.PrepareAsync(stop);
        Console.WriteLine($"Try: curl -i {api.BaseAddress}v1/products/{traffic.FirstProduct}");
        await Task.WhenAll(traffic.RunAsync(stop), ShowAsync(traffic, stop));
    }

    private static async Task ShowAsync(DemoTraffic traffic, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(LineEvery, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                Console.Write(Console.IsOutputRedirected ? $"{traffic.Staleness}{Environment.NewLine}" : $"\r\u001b[2K{traffic.Staleness}");
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private static void ShowEndpoints(StackOptions options, TimeSpan took)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("part", "pid", "address");
        foreach (var (name, endpoint) in Endpoints.TryRead(options.Folder)!.Parts)
        {
            table.AddRow(name, endpoint.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), Markup.Escape(endpoint.Address));
        }

        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 120);
        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Everything is ready after {took.TotalSeconds:0.0} s. Ctrl-C stops it."));
    }
}
