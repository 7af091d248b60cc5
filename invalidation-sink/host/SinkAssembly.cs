using Npgsql;
using StackExchange.Redis;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Core.Rules;
using Streams.Hosting.Options;
using Streams.InvalidationSink.Host.Background;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Loop;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Host.Options;
using Streams.InvalidationSink.Host.Records;
using Streams.Postgres;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.InvalidationSink.Host;

/// <summary>Everything that lives as long as one consumer: the loop and the tasks beside it.</summary>
internal sealed class SinkAssembly : IDisposable
{
    private readonly LaneConsumer _log;
    private readonly LaneTopic _topic;
    private readonly DeadLetters _deadLetters;
    private readonly SinkParts _parts;
    private readonly SinkLoop _loop;
    private readonly int _refreshers;

    public SinkAssembly(SinkSettings settings, IConnectionMultiplexer redis, NpgsqlDataSource source, SinkObservers observers, TimeProvider time)
    {
        var (kafka, options, logger) = (settings.Kafka, settings.Sink, observers.Logger);
        var primary = new Primary(source);
        var decoder = new RecordDecoder(new AvroTopic<InvalidationKey, InvalidationEvent>(options.Topic, Registries.Connect(settings.Registry)));
        var fence = new CurrentFence();
        var reaper = new Reaper(fence, options.ReapBatch, options.ReapPause, observers.Metrics, observers.Outages, time);
        RedisFenceStore Stores(int lanes) => new(redis, lanes);
        _log = new LaneConsumer(kafka, options, logger);
        _topic = new LaneTopic(kafka, options.Topic, logger);
        _deadLetters = new DeadLetters(kafka, options.DeadLetterTopic, options.Group, time, logger);
        _refreshers = options.RefreshConcurrency;
        _parts = new SinkParts(
            _log,
            _topic,
            new LaneScout(kafka, options, logger),
            primary,
            Stores,
            new ReFloorRun(primary, _topic, Stores, new ReFloorLock(source), observers.Metrics, logger),
            new BarrierRun(primary, _topic, settings.Source.SlotName, time),
            new LaneApplier(decoder, _deadLetters, observers),
            fence,
            reaper,
            new TagRedelivery(kafka, options, decoder, reaper, observers.Outages, logger),
            new Refresher(new FencedCache(redis, source, settings.Cache, time), settings.Definition, observers.Metrics, logger),
            new Auditor(redis, options.AuditEvery, observers.Metrics, observers.Outages, logger, time));
        _loop = new SinkLoop(_parts, observers, options, settings.Source, time);
    }

    /// <summary>Runs until it is stopped or one of its tasks fails.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        List<Task> tasks =
        [
            _loop.RunAsync(ended.Token),
            _parts.Reaper.RunAsync(ended.Token),
            _parts.Auditor.RunAsync(ended.Token),
            .. Enumerable.Range(0, _refreshers).Select(_ => _parts.Refresher.RunAsync(ended.Token)),
        ];
        var first = await Task.WhenAny(tasks);
        await ended.CancelAsync();
        // The loop has to be out of the consumer before that is closed.
        await tasks[0].ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await first;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log.Dispose();
        _topic.Dispose();
        _deadLetters.Dispose();
    }
}

/// <summary>What the sink is configured with.</summary>
internal sealed record SinkSettings(
    KafkaOptions Kafka,
    string Redis,
    string Postgres,
    string Registry,
    InvalidationSinkOptions Sink,
    SourceOptions Source,
    FencedCacheOptions Cache,
    StreamsDefinition Definition);
