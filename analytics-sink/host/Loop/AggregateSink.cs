using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Streams.AnalyticsSink.Host.Kafka;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Storing;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Schemas.Aggregates;

namespace Streams.AnalyticsSink.Host.Loop;

/// <summary>A record and the row in it.</summary>
internal readonly record struct DecodedRow(ConsumeResult<byte[], byte[]> Record, AggregateRow Row);

/// <summary>Records of one aggregate, into its table. What can never be written is parked, and the rest goes on.</summary>
internal sealed class AggregateSink(AggregatePlan plan, StoreTable table, ISchemaRegistryClient registry, RowWriter writer, DeadLetters deadLetters, SinkMetrics metrics, TimeProvider time)
{
    private readonly AggregateTopic _topic = new(plan, registry);

    /// <summary>Its table.</summary>
    public StoreTable Table => table;

    /// <summary>Its output topic.</summary>
    public string Topic => _topic.Topic;

    /// <summary>Writes records with what is to be written beside them.</summary>
    public async Task WriteAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, WriteTail tail, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        var decoded = await DecodeAsync(records, cancellationToken);
        var newest = RowBatch.Collapse(decoded, item => item.Row);
        var result = await WriteRowsAsync(newest, tail, cancellationToken);
        metrics.Wrote(plan.Name, records.Count, result with { Older = result.Older + decoded.Count - newest.Count }, time.GetElapsedTime(since).TotalSeconds);
    }

    private async Task<List<DecodedRow>> DecodeAsync(IReadOnlyList<ConsumeResult<byte[], byte[]>> records, CancellationToken cancellationToken)
    {
        var decoded = new List<DecodedRow>(records.Count);
        var ofOthers = 0;
        foreach (var record in records)
        {
            try
            {
                if (await ReadAsync(record) is { } row)
                {
                    decoded.Add(new DecodedRow(record, row));
                }
                else
                {
                    ofOthers++;
                }
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Poison)
            {
                await ParkAsync(record, AnalyticsErrors.Undecodable.With($"{record.TopicPartitionOffset}: {exception.Message}", exception), cancellationToken);
            }
        }

        metrics.OfAnotherDefinition(plan.Name, ofOthers);
        return decoded;
    }

    private Task<AggregateRow?> ReadAsync(ConsumeResult<byte[], byte[]> record) => record.Message.Value is { } value
        ? _topic.ReadOwnAsync(value, record.Message.Headers)
        : throw AnalyticsErrors.Undecodable.With("It has no value, and would make its group's version be forgotten.");

    /// <summary>One transaction; if Postgres refuses a row, halves of it until that row stands alone.</summary>
    private async Task<WriteResult> WriteRowsAsync(List<DecodedRow> rows, WriteTail tail, CancellationToken cancellationToken)
    {
        try
        {
            return await writer.WriteAsync(table, [.. rows.Select(item => item.Row)], tail, cancellationToken);
        }
        catch (StreamsException exception) when (exception.Error == AnalyticsErrors.RowRefused && rows.Count > 0)
        {
            if (rows is [var refused])
            {
                await ParkAsync(refused.Record, exception, cancellationToken);
                return await WriteRowsAsync([], tail, cancellationToken);
            }

            var half = rows.Count / 2;
            var first = await WriteRowsAsync(rows[..half], WriteTail.None, cancellationToken);
            var second = await WriteRowsAsync(rows[half..], tail, cancellationToken);
            return new WriteResult(first.Written + second.Written, first.Refused + second.Refused, first.Older + second.Older);
        }
    }

    private async Task ParkAsync(ConsumeResult<byte[], byte[]> record, StreamsException cause, CancellationToken cancellationToken)
    {
        await deadLetters.ParkAsync(record, cause, cancellationToken);
        metrics.Parked(cause.Error.Code);
    }
}
