using Confluent.Kafka;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Core.Values;
using Streams.Debezium;
using Streams.Processors.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>A raw record as stage 1 takes it.</summary>
internal sealed class RawChangeReader(AggregatePlan plan, RawDecoder decoder)
{
    private readonly (ColumnDescription Column, SqlType Type)[] _columns = [.. plan.Columns.Select(Typed)];
    private readonly (ColumnDescription Column, SqlType Type)[] _key = [.. plan.Table.PrimaryKey.Select(name => Typed(plan.Table.Column(name)!))];

    /// <summary>The change, or the version of a TRUNCATE; neither when the record changes no row (a tombstone, a message).</summary>
    /// <exception cref="StreamsException">Poison, or STR6001 when the registry does not answer.</exception>
    public async ValueTask<(RawChange? Change, RowVersion? Truncate)> ReadAsync(ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.Message.Value is null)
        {
            return (null, null);
        }

        var change = await decoder.DecodeAsync(record);
        return change.Operation switch
        {
            ChangeOperation.Truncate => (null, VersionOf(change)),
            ChangeOperation.Message => (null, null),
            ChangeOperation.Delete => (Of(record, change, change.Before!, null), null),
            _ => (Of(record, change, change.After!, Row(change.After!)), null),
        };
    }

    private static (ColumnDescription Column, SqlType Type) Typed(ColumnDescription column) => (column, SqlType.Of(column.Type, column.Scale));

    private static RowVersion VersionOf(ChangeEvent change) => new(change.Source.LastCommit, change.Source.Lsn ?? 0);

    private RawChange Of(ConsumeResult<byte[]?, byte[]?> record, ChangeEvent change, IRowImage keyed, SqlValue[]? row) => new(
        record.Offset.Value, change.Source.IsSnapshot, VersionOf(change),
        [.. _key.Select(column => keyed.Value(column.Column, column.Type))], row, change.Source.CommitTimeMicros)
    {
        IsIncremental = change.Source.IsIncremental,
    };

    private SqlValue[] Row(IRowImage image)
    {
        var row = new SqlValue[_columns.Length];
        for (var i = 0; i < row.Length; i++)
        {
            var (column, type) = _columns[i];
            row[i] = image.Has(column.Name) ? image.Value(column, type) : RawChange.Unsent;
        }

        return row;
    }
}
