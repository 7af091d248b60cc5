using System.Collections.Immutable;
using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Core.Values;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Aggregates;

/// <summary>Rows of one aggregate in Confluent's Avro wire format.</summary>
/// <param name="plan">The aggregate.</param>
/// <param name="registry">Where its schemas are.</param>
public sealed class AggregateTopic(AggregatePlan plan, ISchemaRegistryClient registry)
{
    private readonly RecordSchema _keySchema = (RecordSchema)Avro.Schema.Parse(AggregateSchema.Key(plan));
    private readonly RecordSchema _valueSchema = (RecordSchema)Avro.Schema.Parse(AggregateSchema.Value(plan));
    private readonly AvroSerializer<GenericRecord> _writer = new(registry);
    private readonly AvroDeserializer<GenericRecord> _reader = new(registry);

    /// <summary>Name of the topic.</summary>
    public string Topic { get; } = AggregateTopics.Output(plan.Name);

    /// <summary>Registers both schemas. The declaration says what a row is, so that a new one may replace the old as it likes.</summary>
    /// <exception cref="StreamsException">STR6001, STR6002.</exception>
    public Task RegisterAsync() => AvroValues.RegisterAsync(registry, Topic, _keySchema, _valueSchema);

    /// <summary>Bytes of key and value.</summary>
    public async Task<(byte[] Key, byte[] Value)> WriteAsync(AggregateRow row)
    {
        var (key, value) = (new GenericRecord(_keySchema), new GenericRecord(_valueSchema));
        for (var i = 0; i < plan.Groups.Length; i++)
        {
            var group = AvroValues.ToAvro(row.Groups[i], plan.Groups[i].Expression.Type);
            key.Add(plan.Groups[i].Name, group);
            value.Add(plan.Groups[i].Name, group);
        }

        if (row.WindowStart is { } start)
        {
            key.Add(AggregateSchema.WindowStart, AvroValues.Instant(start));
            value.Add(AggregateSchema.WindowStart, AvroValues.Instant(start));
            value.Add(AggregateSchema.WindowEnd, AvroValues.Instant(row.WindowEnd!.Value));
        }

        for (var i = 0; i < row.Measures.Length; i++)
        {
            value.Add(plan.Measures[i].Name, ToAvro(row.Measures[i], plan.Measures[i]));
        }

        value.Add(AggregateSchema.Empty, row.IsEmpty);
        value.Add(AggregateSchema.Final, row.Version.IsFinal);
        value.Add(AggregateSchema.Epoch, row.Version.Epoch);
        value.Add(AggregateSchema.Revision, row.Version.Revision);
        value.Add(AggregateSchema.AsOfLsn, row.Positions.Lsn);
        value.Add(AggregateSchema.AsOf, row.Positions.Micros is { } micros ? AvroValues.Instant(micros) : null);
        value.Add(AggregateSchema.Offsets, row.Positions.Offsets.Select(offset => (object)offset).ToArray());
        return await AvroGuard.RunAsync(async () => (
            await _writer.SerializeAsync(key, new SerializationContext(MessageComponentType.Key, Topic)),
            await _writer.SerializeAsync(value, new SerializationContext(MessageComponentType.Value, Topic))));
    }

    /// <summary>A row from the bytes of a value; columns that its writer did not have are NULL.</summary>
    /// <exception cref="StreamsException">STR6001, STR6003.</exception>
    public Task<AggregateRow> ReadAsync(ReadOnlyMemory<byte> value, Headers? headers) => AvroGuard.RunAsync(async () =>
        Read(await _reader.DeserializeAsync(value, false, new SerializationContext(MessageComponentType.Value, Topic, headers))));

    /// <summary>As <see cref="ReadAsync"/>; null for a row that was written under another definition of the aggregate.</summary>
    /// <exception cref="StreamsException">STR6001, STR6003.</exception>
    public Task<AggregateRow?> ReadOwnAsync(ReadOnlyMemory<byte> value, Headers? headers) => AvroGuard.RunAsync(async () =>
    {
        var record = await _reader.DeserializeAsync(value, false, new SerializationContext(MessageComponentType.Value, Topic, headers));
        return record.Schema.Documentation == _valueSchema.Documentation ? Read(record) : null;
    });

    private AggregateRow Read(GenericRecord record)
    {
        var isEmpty = (bool)Field(record, AggregateSchema.Empty)!;
        var windowed = plan.Window is not null;
        return new AggregateRow(
            [.. plan.Groups.Select(group => AvroValues.FromAvro(Field(record, group.Name), group.Expression.Type))],
            windowed ? AvroValues.Micros(Field(record, AggregateSchema.WindowStart)) : null,
            windowed ? AvroValues.Micros(Field(record, AggregateSchema.WindowEnd)) : null,
            isEmpty ? [] : [.. plan.Measures.Select(measure => MeasureFromAvro(Field(record, measure.Name), measure))],
            new AggregateVersion((long)Field(record, AggregateSchema.Epoch)!, (long)Field(record, AggregateSchema.Revision)!, (bool)Field(record, AggregateSchema.Final)!),
            new AsOf(
                [.. ((System.Collections.IEnumerable)Field(record, AggregateSchema.Offsets)!).Cast<object>().Select(offset => (long)offset)],
                (long?)Field(record, AggregateSchema.AsOfLsn),
                AvroValues.Micros(Field(record, AggregateSchema.AsOf))))
        {
            IsEmpty = isEmpty,
        };
    }

    private static object? Field(GenericRecord record, string name) => record.TryGetValue(name, out var value) ? value : null;

    private object? ToAvro(MeasureValue value, Measure measure)
    {
        if (measure.Kind != MeasureKind.Top)
        {
            return AvroValues.ToAvro(value.Value, measure.Type);
        }

        var union = (UnionSchema)_valueSchema[measure.Name]!.Schema;
        var entry = (RecordSchema)((ArraySchema)union.Schemas[1]).ItemSchema;
        return value.Top.Select(item =>
        {
            var record = new GenericRecord(entry);
            record.Add("value", AvroValues.ToAvro(item.Value, measure.Type));
            record.Add("key", item.Key);
            return (object)record;
        }).ToArray();
    }

    private static MeasureValue MeasureFromAvro(object? value, Measure measure) => measure.Kind != MeasureKind.Top
        ? MeasureValue.Of(AvroValues.FromAvro(value, measure.Type))
        : new MeasureValue(SqlValue.Null,
            [.. ((System.Collections.IEnumerable?)value ?? Array.Empty<object>()).Cast<GenericRecord>().Select(entry => new TopEntry(AvroValues.FromAvro(entry["value"], measure.Type), (string)entry["key"]!))]);
}
