using Confluent.SchemaRegistry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Rules;
using Streams.Hosting;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Processors.Host.Aggregates;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.Processors.Host;

/// <summary>Prepares (rules against the catalogue, lanes, schemas), then processes until stopped. A failure stops the host with its exit code.</summary>
internal sealed class ProcessorsWorker(
    StreamsDefinition declared, CatalogReader catalog, IPrimary primary, LaneTopic lanes, ISchemaRegistryClient registry, Dependencies dependencies,
    Patience patience, ProcessorMetrics metrics, HostFailure failure, TimeProvider time, IOptions<KafkaOptions> kafka,
    IOptions<ProcessorsOptions> options, IOptions<SourceOptions> source, NpgsqlDataSource database, AggregateCheck aggregates, ILogger<ProcessorsWorker> logger) : BackgroundService
{
    private readonly StreamsDefinition _definition = declared.WithHeartbeat();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An ordinary stop.
            return;
        }
        catch (Exception exception)
        {
            failure.Stop(exception);
        }
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        var output = new AvroTopic<InvalidationKey, InvalidationEvent>(options.Value.OutputTopic, registry);
        var tables = patience.RetryAsync(dependencies.Postgres, () => ReadCatalogAsync(stopping), stopping);
        var count = patience.RetryAsync(dependencies.Kafka, lanes.CountAsync, stopping);
        var schemas = patience.RetryAsync(dependencies.Registry, () => RegisterAsync(output), stopping);
        await FirstFailureAsync([tables, count, schemas]);
        var laneCount = await count;

        using var outbox = new Outbox(kafka.Value, options.Value, dependencies.Kafka);
        var late = new LateInvalidations(new Barrier(primary, time), outbox, patience, dependencies);
        var processor = new RecordProcessor(
            new Normalizer(_definition, await tables), _definition.Source.Prefix, laneCount, new RawDecoder(registry, _definition.Source.Decimals), output);
        var topics = Topics();
        var consumer = new RawConsumer(kafka.Value, options.Value, topics, processor, outbox, late, dependencies, metrics, time, logger);
        Log.Processing(logger, string.Join(", ", topics), options.Value.GroupId, laneCount);
        var plans = AggregateBinder.Bind(_definition, await tables);
        var host = new AggregateHost(plans, _definition.Source, database, registry, kafka.Value, options.Value, source.Value, aggregates, metrics, time, logger);
        await TogetherAsync(
            [consumer.RunAsync, late.RunAsync, token => lanes.WatchAsync(laneCount, token), .. plans.IsEmpty ? [] : new[] { host.RunAsync, token => Malloc.TrimAsync(time, token) }], stopping);
    }

    /// <summary>Only tables with rules: the others have nothing to invalidate.</summary>
    private List<string> Topics() =>
        [.. _definition.Rules.Select(rule => $"{_definition.Source.Prefix}.{rule.Table}").Distinct(StringComparer.Ordinal)];

    private async Task<DatabaseCatalog> ReadCatalogAsync(CancellationToken stopping)
    {
        var found = await catalog.ReadAsync(options.Value.Publication, _definition.Source.Tables, stopping);
        var mistakes = RuleAudit.Check(_definition, found);
        if (!mistakes.IsEmpty)
        {
            throw new RuleMistakesException("streams.yaml", mistakes);
        }

        AggregateBinder.Bind(_definition, found);
        return found;
    }

    private static async Task<bool> RegisterAsync(AvroTopic<InvalidationKey, InvalidationEvent> output)
    {
        await output.RegisterAsync();
        return true;
    }

    /// <summary>All of them; a failure does not wait for the others.</summary>
    private static async Task FirstFailureAsync(List<Task> tasks)
    {
        while (tasks.Count > 0)
        {
            var done = await Task.WhenAny(tasks);
            tasks.Remove(done);
            await done;
        }
    }

    /// <summary>Runs side by side; when one ends, so do the others, and its failure is the one that is told.</summary>
    private static async Task TogetherAsync(Func<CancellationToken, Task>[] works, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // Each on a thread of its own: the consume loop blocks in the client and would not let the others begin.
        var running = works.Select(work => Task.Run(() => work(ending.Token), CancellationToken.None)).ToArray();
        var first = await Task.WhenAny(running);
        await ending.CancelAsync();
        await Task.WhenAll(running).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await first;
        stopping.ThrowIfCancellationRequested();
    }
}
