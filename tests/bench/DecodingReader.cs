using System.Collections.Concurrent;
using Confluent.Kafka;
using Streams.Core.Rules;
using Streams.Core.Values;
using Streams.Debezium;

namespace Streams.Bench;

/// <summary>
/// The peer: reads the raw topic with as many threads, decodes every record, and adds it up in memory. No store, no retraction, no output, nothing
/// survives it: what is left above it is what exactness costs.
/// </summary>
internal static class DecodingReader
{
    private static readonly ColumnDescription Store = new("store_id", "int8", null);
    private static readonly ColumnDescription Quantity = new("quantity", "int4", null);

    /// <summary>Time that it takes.</summary>
    public static async Task<TimeSpan> RunAsync(BenchStack stack, int threads)
    {
        var ends = stack.Ends();
        var since = TimeProvider.System.GetTimestamp();
        var sums = new ConcurrentDictionary<long, long>();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => Read(stack, [.. Enumerable.Range(0, ends.Length).Where(partition => partition % threads == thread && ends[partition] > 0)], sums),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return TimeProvider.System.GetElapsedTime(since);
    }

    private static void Read(BenchStack stack, List<int> partitions, ConcurrentDictionary<long, long> sums)
    {
        using var consumer = stack.Consumer("peer");
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(BenchStack.RawTopic, partition, Offset.Beginning)));
        var left = partitions.Count;
        while (left > 0)
        {
            var record = consumer.Consume(CancellationToken.None);
            if (record.IsPartitionEOF)
            {
                left--;
            }
            else if (record.Message.Value is { } value && JsonEnvelope.Decode(value, DecimalEncoding.Text).After is { } row)
            {
                var quantity = row.Value(Quantity, SqlType.BigInt).Number;
                sums.AddOrUpdate(row.Value(Store, SqlType.BigInt).Number, quantity, (_, sum) => sum + quantity);
            }
        }

        consumer.Close();
    }
}
