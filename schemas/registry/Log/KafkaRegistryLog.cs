using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Options;
using Streams.Core.Errors;
using Streams.Hosting.Health;
using Streams.Hosting.Options;

namespace Streams.Registry.Log;

/// <summary>
/// The log in a compacted Kafka topic of one partition. A thread of its own consumes (the client's call blocks) into a bounded channel; appends
/// go through one idempotent producer, so their order in the partition is the order of the calls.
/// </summary>
public sealed class KafkaRegistryLog(IOptions<KafkaOptions> kafka, IOptions<RegistryServiceOptions> options) : IRegistryLog, IReadinessCheck, IDisposable
{
    private const int ItemsAhead = 1_000;
    private static readonly TimeSpan PollLimit = TimeSpan.FromMilliseconds(200);
    private readonly Lazy<IProducer<byte[], byte[]?>> _producer = new(() => Producer(kafka.Value));

    /// <inheritdoc/>
    public string Name => "kafka";

    private TopicPartition Partition => new(options.Value.Topic, 0);

    /// <inheritdoc/>
    public async Task<string?> CheckAsync(CancellationToken cancellationToken)
    {
        using var admin = new DependentAdminClientBuilder(_producer.Value.Handle).Build();
        try
        {
            // Not the topic's metadata: asking for it with a producer's handle would make the broker create it, without our settings.
            await admin.DescribeClusterAsync(new DescribeClusterOptions { RequestTimeout = TimeSpan.FromSeconds(1) }).WaitAsync(cancellationToken);
            return null;
        }
        catch (KafkaException exception)
        {
            return RegistryErrors.LogUnreachable.With(exception.Error.Reason).Message;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await new RegistryTopic(kafka.Value, options.Value).EnsureAsync();
        var items = Channel.CreateBounded<LogItem>(ItemsAhead);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pump = Task.Factory.StartNew(
            () => PumpAsync(items.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            await foreach (var item in items.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pump;
        }
    }

    /// <inheritdoc/>
    public async Task<long> AppendAsync(IReadOnlyList<(byte[] Key, byte[]? Value)> records)
    {
        try
        {
            var sent = records.Select(record => _producer.Value.ProduceAsync(Partition, new Message<byte[], byte[]?> { Key = record.Key, Value = record.Value })).ToList();
            var reports = await Task.WhenAll(sent);
            return reports[^1].Offset.Value;
        }
        catch (KafkaException exception)
        {
            throw RegistryErrors.LogUnreachable.With(exception.Error.Reason, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_producer.IsValueCreated)
        {
            _producer.Value.Dispose();
        }
    }

    private async Task PumpAsync(ChannelWriter<LogItem> items, CancellationToken cancellationToken)
    {
        using var consumer = Consumer(kafka.Value);
        try
        {
            consumer.Assign(new TopicPartitionOffset(Partition, Offset.Beginning));
            while (!cancellationToken.IsCancellationRequested)
            {
                if (consumer.Consume(PollLimit) is { } result)
                {
                    var item = result.IsPartitionEOF ? new LogItem(result.Offset, null, null) : new LogItem(result.Offset, result.Message.Key ?? [], result.Message.Value);
                    await items.WriteAsync(item, cancellationToken);
                }
            }

            items.Complete();
        }
        catch (OperationCanceledException)
        {
            items.Complete();
        }
        catch (KafkaException exception)
        {
            items.Complete(RegistryErrors.LogUnreachable.With(exception.Error.Reason, exception));
        }
        finally
        {
            consumer.Close();
        }
    }

    private static IConsumer<byte[]?, byte[]?> Consumer(KafkaOptions kafka) => new ConsumerBuilder<byte[]?, byte[]?>(kafka.ApplyTo(new ConsumerConfig
    {
        // The client wants a name; the group is never joined and commits nothing.
        GroupId = "streams.registry",
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        // An offset that is gone is an error, never a jump: the state would have a hole.
        AutoOffsetReset = AutoOffsetReset.Error,
    })).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();

    private static IProducer<byte[], byte[]?> Producer(KafkaOptions kafka) => new ProducerBuilder<byte[], byte[]?>(kafka.ApplyTo(new ProducerConfig
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        LingerMs = 0,
        // Below the limit of a write, so that a write that was given up is given up by the client too.
        MessageTimeoutMs = 8_000,
    })).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
}
