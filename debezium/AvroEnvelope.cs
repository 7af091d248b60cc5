using Avro.Generic;
using Streams.Core.Errors;

namespace Streams.Debezium;

/// <summary>Debezium's envelope as Connect's AvroConverter writes it.</summary>
public static class AvroEnvelope
{
    /// <summary>Reads a record's value.</summary>
    /// <exception cref="StreamsException">STR2001, STR2002.</exception>
    public static ChangeEvent Read(GenericRecord envelope)
    {
        if (Field<object>(envelope, "op")?.ToString() is not { } op || Field<GenericRecord>(envelope, "source") is not { } source)
        {
            throw ChangeErrors.Undecodable.With("It is Avro but not an envelope with op and source.");
        }

        var change = new ChangeEvent(EnvelopeRules.Operation(op), Row(envelope, "before"), Row(envelope, "after"), Source(source));
        EnvelopeRules.RequireRows(change);
        return change;
    }

    private static AvroRowImage? Row(GenericRecord envelope, string field) =>
        Field<GenericRecord>(envelope, field) is { } row ? new AvroRowImage(row) : null;

    private static ChangeSource Source(GenericRecord source)
    {
        var flag = Field<object>(source, "snapshot")?.ToString();
        var snapshot = EnvelopeRules.IsSnapshot(flag);
        return new ChangeSource(
            Field<string>(source, "schema") ?? throw ChangeErrors.Undecodable.With("source.schema is missing."),
            Field<string>(source, "table") ?? throw ChangeErrors.Undecodable.With("source.table is missing."),
            snapshot || Number(source, "txId") is not { } xid ? null : unchecked((uint)xid),
            Number(source, "lsn"),
            Number(source, "ts_us") ?? (Number(source, "ts_ms") ?? throw ChangeErrors.Undecodable.With("source has no time.")) * 1000,
            snapshot)
        {
            LastCommit = EnvelopeRules.LastCommit(Field<string>(source, "sequence")),
            IsIncremental = flag == EnvelopeRules.Incremental,
        };
    }

    private static long? Number(GenericRecord record, string field) => Field<object>(record, field) switch
    {
        long number => number,
        int number => number,
        _ => null,
    };

    private static T? Field<T>(GenericRecord record, string field)
        where T : class =>
        record.TryGetValue(field, out var value) ? value as T : null;
}
