using System.Collections.Immutable;
using System.Security.Cryptography;
using Confluent.SchemaRegistry;
using Microsoft.Extensions.Logging;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Schemas.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>All aggregates of the declaration in this process: for every epoch that is not retired both stages, each on a flow of its own.</summary>
internal sealed class AggregateHost(
    ImmutableArray<AggregatePlan> plans, SourceDefinition captured, NpgsqlDataSource source, ISchemaRegistryClient registry, KafkaOptions kafka, ProcessorsOptions options,
    SourceOptions sourceOptions, AggregateCheck check, ProcessorMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly AggregateEpochs _epochs = new(source);
    private readonly SlotClock _clock = new(source, sourceOptions.SlotName);
    private readonly Board _board = new();

    public async Task RunAsync(CancellationToken stopping)
    {
        using var producer = new AggregateProducer(kafka);
        using var topics = new KeeperTopics(kafka, captured.Prefix);
        var keeper = new EpochKeeper(_epochs, _clock, plans, captured.Prefix, topics, _board, check, time, logger);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var keeping = Task.Run(() => keeper.RunAsync(ending.Token), CancellationToken.None);
        var clock = Task.CompletedTask;
        var running = new Dictionary<long, (CancellationTokenSource Stop, Task Task)>();
        try
        {
            while (!keeping.IsCompleted)
            {
                if (clock.IsCompleted && !_board.Epochs.IsEmpty)
                {
                    var counts = _board.Epochs.GroupBy(epoch => TopicOf(epoch.Name)).ToDictionary(group => group.Key, group => group.Max(epoch => epoch.Starts.Length));
                    var reader = new SourceClockReader(_clock, kafka, counts, _board, time, logger);
                    clock = Task.Run(() => reader.RunAsync(ending.Token), CancellationToken.None);
                }

                Follow(running, producer, stopping);
                await Task.Delay(Interval, time, stopping);
            }
        }
        finally
        {
            await ending.CancelAsync();
            foreach (var (stop, _) in running.Values)
            {
                await stop.CancelAsync();
            }

            // Stores are closed before the producer is.
            await Task.WhenAll([.. running.Values.Select(one => one.Task), clock, keeping]).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await keeping;
    }

    private static long NewId() => BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private string TopicOf(string name) => $"{captured.Prefix}.{plans.First(plan => plan.Name == name).Table.Name}";

    /// <summary>Starts what is new on the board and stops what is retired.</summary>
    private void Follow(Dictionary<long, (CancellationTokenSource Stop, Task Task)> running, AggregateProducer producer, CancellationToken stopping)
    {
        var wanted = _board.Epochs.Where(epoch => !epoch.IsWish && plans.Any(plan => plan.Name == epoch.Name && plan.Hash == epoch.DefinitionHash)).ToDictionary(epoch => epoch.Epoch);
        foreach (var (number, one) in running.Where(one => !wanted.ContainsKey(one.Key)).ToList())
        {
            one.Stop.Cancel();
            if (one.Task.IsCompleted)
            {
                one.Stop.Dispose();
                running.Remove(number);
            }
        }

        if (!_board.Epochs.IsEmpty)
        {
            StateFolders.DeleteRetired(options, _board.Epochs.Select(epoch => epoch.Epoch).Concat(running.Keys));
        }

        foreach (var epoch in wanted.Values.Where(epoch => !running.ContainsKey(epoch.Epoch)))
        {
            var plan = plans.First(plan => plan.Name == epoch.Name);
            var context = new AggregateContext(plan, epoch, TopicOf(epoch.Name), kafka, options, producer, _epochs, _board, metrics, NewId, time, logger);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            var rows = new AggregateTopic(plan, registry);
            var late = plan.Window is null ? null : new LateTopic(plan, registry);
            var decoder = new RawDecoder(registry, captured.Decimals);
            // The first stage does nearly all of the work: as many members of its group as may share it.
            var folds = Enumerable.Range(0, Math.Min(options.AggregateThreads, context.RawPartitions)).Select(_ =>
                AgainAsync(plan.Name, token => new FirstStage(context, new RawChangeReader(plan, decoder), late).RunAsync(token), stop.Token));
            running[epoch.Epoch] = (stop, Task.WhenAll([.. folds,
                AgainAsync(plan.Name, async token =>
                {
                    await rows.RegisterAsync();
                    await new SecondStage(context, rows).RunAsync(token);
                }, stop.Token)]));
        }
    }

    /// <summary>A stage that fails begins anew from its stores; what it cannot get over is told until it can.</summary>
    private Task AgainAsync(string name, Func<CancellationToken, Task> stage, CancellationToken stopping) => Task.Run(
        async () =>
        {
            while (!stopping.IsCancellationRequested)
            {
                try
                {
                    await stage(stopping);
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    return;
                }
                catch (StreamsException exception) when (exception.Error.Kind != ErrorKind.Invariant)
                {
                    check.Down(name, exception.Message);
                    Log.Stands(logger, name, exception.Message);
                    await Task.Delay(Pause, time, stopping).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                    check.Up(name);
                }
            }
        },
        CancellationToken.None);
}
