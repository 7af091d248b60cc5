using Confluent.SchemaRegistry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streams.AnalyticsSink.Host.Kafka;
using Streams.AnalyticsSink.Host.Loop;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Progress;
using Streams.Core.Aggregates;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host;

/// <summary>Everything that lives as long as one consumer.</summary>
internal sealed class SinkAssembly : IDisposable
{
    private readonly OutputConsumer _consumer;
    private readonly OutputTopics _topics;
    private readonly DeadLetters _deadLetters;
    private readonly ProgressReader _progress;
    private readonly SinkLoop _loop;

    public SinkAssembly(IServiceProvider services, IReadOnlyList<(AggregatePlan Plan, StoreTable Table)> aggregates)
    {
        var kafka = services.GetRequiredService<IOptions<KafkaOptions>>().Value;
        var options = services.GetRequiredService<IOptions<AnalyticsSinkOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var logger = services.GetRequiredService<ILogger<SinkAssembly>>();
        var board = new ProgressBoard();
        _topics = new OutputTopics(kafka, logger);
        _deadLetters = new DeadLetters(kafka, options, time, logger);
        _progress = new ProgressReader(kafka, options, board, logger);
        List<AggregateSink> sinks =
        [
            .. aggregates.Select(aggregate => new AggregateSink(
                aggregate.Plan, aggregate.Table, services.GetRequiredService<ISchemaRegistryClient>(), services.GetRequiredService<RowWriter>(), _deadLetters,
                services.GetRequiredService<SinkMetrics>(), time)),
        ];
        _consumer = new OutputConsumer(kafka, options, sinks.Select(sink => sink.Topic), logger);
        _loop = new SinkLoop(
            sinks, _consumer, _topics, services.GetRequiredService<Positions>(), services.GetRequiredService<Upkeep>(), board, options,
            services.GetRequiredService<Outages>(), services.GetRequiredService<SinkStatus>(), time, services.GetRequiredService<ILogger<SinkLoop>>());
    }

    /// <summary>Runs until it is stopped or the loop fails.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var progress = Task.Factory.StartNew(() => _progress.Run(ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await _loop.RunAsync(ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await progress;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer.Dispose();
        _topics.Dispose();
        _deadLetters.Dispose();
    }
}
