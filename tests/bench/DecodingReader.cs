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
    private static readonly ColumnDescription Customer = new("customer_id", "int8", null);
    private static readonly ColumnDescription Total = new("total", "numeric", 2);
    private static readonly SqlType TotalType = SqlType.Of("numeric", 2);
    private static readonly SqlType CustomerType = SqlType.Of("int8", null);

    /// <summary>Time that it takes.</summary>
    public static async Task<TimeSpan> RunAsync(BenchStack stack, int threads)
    {
        var ends = stack.Ends();
        var since = TimeProvider.System.GetTimestamp();
        var sums = new ConcurrentDictionary<long, PgNumeric>();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => Read(stack, [.. Enumerable.Range(0, ends.Length).Where(partition => partition % threads == thread && ends[partition] > 0)], sums),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return TimeProvider.System.GetElapsedTime(since);
    }

    private static void Read(BenchStack stack, List<int> partitions, ConcurrentDictionary<long, PgNumeric> sums)
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
                var total = row.Value(Total, TotalType).Numeric;
                sums.AddOrUpdate(row.Value(Customer, CustomerType).Number, total, (_, sum) => sum + total);
            }
        }

        consumer.Close();
    }
}
