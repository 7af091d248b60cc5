using Confluent.Kafka;
using Npgsql;
using Streams.Cli.Stack;
using Streams.Local.Processes;
using Streams.Postgres;

namespace Streams.Cli.Soak;

/// <summary>Kills at random points, raw records that come again, instances that come and go, snapshots in the midst of it.</summary>
internal sealed class AggregateSoakFaults(AggregateSoakOptions options, LocalStack stack, NpgsqlDataSource source, AggregateSoakTally tally, Random random, Action<string> say)
{
    private const string RawTopic = "shop.public.orders";
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(10);

    /// <summary>Kills of all together.</summary>
    public int Planned => options.Kills * options.Victims.Count;

    public async Task RunAsync(CancellationToken stop)
    {
        var victims = Enumerable.Repeat(options.Victims, options.Kills).SelectMany(one => one).ToArray();
        random.Shuffle(victims);
        for (var i = 0; i < victims.Length; i++)
        {
            await Task.Delay(options.PauseMax * random.NextDouble(), TimeProvider.System, stop);
            await KillAsync(victims[i], stop);
            if (i % Math.Max(1, victims.Length / 10) == victims.Length / 20)
            {
                await DisturbAsync(i, stop);
            }
        }
    }

    private async Task KillAsync(string victim, CancellationToken stop)
    {
        // A part that is just being started again is killed as soon as it has a process.
        while (!(Endpoints.TryRead(options.Folder) is { } parts && parts.Parts.TryGetValue(victim, out var part) && Signals.Send(part.Pid, Signals.Kill)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
        }

        if (++tally.Kills % 20 == 0)
        {
            say($"{tally.Kills} of {Planned} kills, {tally.Changes} changes");
        }
    }

    private async Task DisturbAsync(int round, CancellationToken stop)
    {
        try
        {
            Replay(stop);
            await SignalAsync(stop);
            var another = await stack.StartAnotherAsync("stream-processors", $"another-{round}", stop);
            tally.Rebalances++;
            await Task.Delay(options.PauseMax * 5, TimeProvider.System, stop);
            await another.StopAsync(CancellationToken.None);
            tally.Rebalances++;
        }
        catch (Exception exception) when (exception is KafkaException or NpgsqlException or Core.Errors.StreamsException or IOException)
        {
            say($"while servers are down: {exception.Message}");
        }
    }

    /// <summary>A stretch of the raw topic once more, each record into its own partition, as a source does that begins from an older offset.</summary>
    private void Replay(CancellationToken stop)
    {
        var bootstrap = Endpoints.TryRead(options.Folder)!["kafka"].Address;
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = bootstrap, BrokerAddressFamily = BrokerAddressFamily.V4, GroupId = "streams.agg-soak", EnableAutoCommit = false, EnablePartitionEof = true,
        }).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        using var producer = new ProducerBuilder<byte[], byte[]>(new ProducerConfig { BootstrapServers = bootstrap, BrokerAddressFamily = BrokerAddressFamily.V4, EnableIdempotence = true })
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        var partition = new TopicPartition(RawTopic, random.Next(4));
        var end = consumer.QueryWatermarkOffsets(partition, QueryTime).High.Value;
        consumer.Assign(new TopicPartitionOffset(partition, (long)(random.NextDouble() * end)));
        for (var i = 0; i < 2_000; i++)
        {
            stop.ThrowIfCancellationRequested();
            if (consumer.Consume(QueryTime) is not { IsPartitionEOF: false } record)
            {
                break;
            }

            producer.Produce(partition, new Message<byte[], byte[]> { Key = record.Message.Key, Value = record.Message.Value, Headers = record.Message.Headers });
            tally.Replayed++;
        }

        producer.Flush(QueryTime);
    }

    private async Task SignalAsync(CancellationToken stop)
    {
        await using var command = source.CreateCommand("INSERT INTO streams.signal (id, type, data) VALUES ($1, 'execute-snapshot', $2)");
        command.Parameters.AddWithValue(AggregateEpochs.NewSignal());
        command.Parameters.AddWithValue(SnapshotSignal.Of("public.orders"));
        await command.ExecuteNonQueryAsync(stop);
        tally.Snapshots++;
    }
}
