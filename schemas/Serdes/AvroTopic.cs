using Avro.Specific;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;

namespace Streams.Schemas.Serdes;

/// <summary>
/// Keys and values of one topic in Confluent's wire format. The registry is asked once for each schema; a record afterwards costs no call.
/// What goes wrong is a coded error: transient when the registry does not answer, poison when the bytes are wrong.
/// </summary>
/// <typeparam name="TKey">Generated key record.</typeparam>
/// <typeparam name="TValue">Generated value record.</typeparam>
public sealed class AvroTopic<TKey, TValue>(string topic, ISchemaRegistryClient registry)
    where TKey : class, ISpecificRecord, new()
    where TValue : class, ISpecificRecord, new()
{
    private readonly AvroSerializer<TKey> _keyWriter = new(registry);
    private readonly AvroSerializer<TValue> _valueWriter = new(registry);
    private readonly AvroDeserializer<TKey> _keyReader = new(registry);
    private readonly AvroDeserializer<TValue> _valueReader = new(registry);

    /// <summary>Name of the topic.</summary>
    public string Topic { get; } = topic;

    /// <summary>Registers both schemas, so that no record waits for it later.</summary>
    /// <exception cref="StreamsException">STR6001, STR6002.</exception>
    public async Task RegisterAsync()
    {
        await RegisterAsync(new TKey(), $"{Topic}-key");
        await RegisterAsync(new TValue(), $"{Topic}-value");
    }

    /// <summary>Bytes of a key.</summary>
    public Task<byte[]> WriteKeyAsync(TKey key) => AvroGuard.RunAsync(() => _keyWriter.SerializeAsync(key, Context(MessageComponentType.Key, null)));

    /// <summary>Bytes of a value.</summary>
    public Task<byte[]> WriteValueAsync(TValue value) => AvroGuard.RunAsync(() => _valueWriter.SerializeAsync(value, Context(MessageComponentType.Value, null)));

    /// <summary>A key from its bytes.</summary>
    /// <exception cref="StreamsException">STR6001, STR6003.</exception>
    public Task<TKey> ReadKeyAsync(ReadOnlyMemory<byte> bytes, Headers? headers) =>
        AvroGuard.RunAsync(() => _keyReader.DeserializeAsync(bytes, false, Context(MessageComponentType.Key, headers)));

    /// <summary>A value from its bytes.</summary>
    /// <exception cref="StreamsException">STR6001, STR6003.</exception>
    public Task<TValue> ReadValueAsync(ReadOnlyMemory<byte> bytes, Headers? headers) =>
        AvroGuard.RunAsync(() => _valueReader.DeserializeAsync(bytes, false, Context(MessageComponentType.Value, headers)));

    private Task RegisterAsync(ISpecificRecord record, string subject) =>
        AvroGuard.RunAsync(() => registry.RegisterSchemaAsync(subject, new Schema(record.Schema.ToString(), SchemaType.Avro)));

    private SerializationContext Context(MessageComponentType component, Headers? headers) => new(component, Topic, headers);
}
