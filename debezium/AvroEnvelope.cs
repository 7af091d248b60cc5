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

        var operation = EnvelopeRules.Operation(op);
        var change = new ChangeEvent(operation, Row(envelope, "before"), Row(envelope, "after"), EnvelopeRules.Source(Source(source), operation));
        EnvelopeRules.RequireRows(change);
        return change;
    }

    private static AvroRowImage? Row(GenericRecord envelope, string field) =>
        Field<GenericRecord>(envelope, field) is { } row ? new AvroRowImage(row) : null;

    private static ChangeSource Source(GenericRecord source) => new(
        Field<string>(source, "schema") ?? throw ChangeErrors.Undecodable.With("source.schema is missing."),
        Field<string>(source, "table") ?? throw ChangeErrors.Undecodable.With("source.table is missing."),
        Number(source, "txId") is { } xid ? unchecked((uint)xid) : null,
        Number(source, "lsn"),
        Number(source, "ts_us") ?? (Number(source, "ts_ms") ?? throw ChangeErrors.Undecodable.With("source has no time.")) * 1000,
        IsSnapshot: false)
    {
        LastCommit = EnvelopeRules.LastCommit(Field<string>(source, "sequence")),
        IsIncremental = Field<object>(source, "snapshot")?.ToString() == EnvelopeRules.Incremental,
    };

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
