using Avro.Generic;
using Confluent.Kafka;
using Confluent.Kafka.SyncOverAsync;
using Confluent.SchemaRegistry;
using Confluent.SchemaRegistry.Serdes;
using Streams.Schemas.Serdes;

namespace Streams.EndToEnd.Tests;

/// <summary>A topic of late rows from its beginning, as any consumer with a schema registry reads it.</summary>
internal sealed class LateReader : IDisposable
{
    private readonly ISchemaRegistryClient _registry;
    private readonly IConsumer<Ignore, GenericRecord> _consumer;
    private readonly List<GenericRecord> _rows = [];

    public LateReader(string topic, string bootstrapServers, string registry)
    {
        _registry = Registries.Connect(registry);
        _consumer = new ConsumerBuilder<Ignore, GenericRecord>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "late-reader", EnableAutoCommit = false })
            .SetValueDeserializer(new AvroDeserializer<GenericRecord>(_registry).AsSyncOverAsync()).Build();
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions;
        _consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(topic, partition.PartitionId, Offset.Beginning)));
    }

    /// <summary>Everything so far.</summary>
    public IReadOnlyList<GenericRecord> Read()
    {
        while (_consumer.Consume(TimeSpan.FromMilliseconds(200)) is { } record)
        {
            _rows.Add(record.Message.Value);
        }

        return _rows;
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _registry.Dispose();
    }
}
