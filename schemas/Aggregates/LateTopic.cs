using Avro;
using Avro.Generic;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Aggregates;

/// <summary>Late rows of one aggregate in Confluent's Avro wire format.</summary>
/// <param name="plan">The aggregate; it has a window.</param>
/// <param name="registry">Where the schemas are.</param>
public sealed class LateTopic(AggregatePlan plan, ISchemaRegistryClient registry)
{
    private readonly RecordSchema _keySchema = (RecordSchema)Avro.Schema.Parse(LateSchema.Key(plan));
    private readonly RecordSchema _valueSchema = (RecordSchema)Avro.Schema.Parse(LateSchema.Value(plan));
    private readonly AvroSerializer<GenericRecord> _writer = new(registry);

    /// <summary>Name of the topic.</summary>
    public string Topic { get; } = AggregateTopics.Late(plan.Name);

    /// <summary>Registers both schemas, as <see cref="AggregateTopic.RegisterAsync"/>.</summary>
    /// <exception cref="StreamsException">STR6001, STR6002.</exception>
    public Task RegisterAsync() => AvroValues.RegisterAsync(registry, Topic, _keySchema, _valueSchema);

    /// <summary>Bytes of key and value; equal rows give equal bytes.</summary>
    /// <exception cref="StreamsException">STR6001, STR6002.</exception>
    public Task<(byte[] Key, byte[] Value)> WriteAsync(LateRow row)
    {
        var (key, value) = (new GenericRecord(_keySchema), new GenericRecord(_valueSchema));
        Both(LateSchema.Partition, row.Change.Raw);
        Both(LateSchema.Offset, row.Change.Offset);
        for (var i = 0; i < plan.Groups.Length; i++)
        {
            Both(plan.Groups[i].Name, AvroValues.ToAvro(row.Groups[i], plan.Groups[i].Expression.Type));
        }

        Both(AggregateSchema.WindowStart, AvroValues.Instant(row.WindowStart));
        Both(LateSchema.Direction, row.Change.IsIn ? LateSchema.In : LateSchema.Out);
        value.Add(AggregateSchema.WindowEnd, AvroValues.Instant(row.WindowEnd));
        value.Add(LateSchema.RowKey, row.Change.Key);
        value.Add(LateSchema.Instant, AvroValues.Instant(row.Change.Instant));
        value.Add(LateSchema.Committed, AvroValues.Instant(row.Change.Committed));
        value.Add(LateSchema.LateBy, row.Change.LateBy);
        value.Add(LateSchema.Epoch, row.Change.Epoch);
        return AvroGuard.RunAsync(async () => (
            await _writer.SerializeAsync(key, new SerializationContext(MessageComponentType.Key, Topic)),
            await _writer.SerializeAsync(value, new SerializationContext(MessageComponentType.Value, Topic))));

        void Both(string name, object? field)
        {
            key.Add(name, field);
            value.Add(name, field);
        }
    }
}
