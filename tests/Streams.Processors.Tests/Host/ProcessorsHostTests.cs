using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streams.Core.Fencing;
using Streams.Fixtures;
using Streams.Local.Processes;
using Streams.Processors.Tests.Normalization;
using Streams.Schemas;
using Streams.Schemas.Serdes;

namespace Streams.Processors.Tests.Host;

/// <summary>The service on real Kafka, Postgres and registry.</summary>
[Collection(HostCollection.Name)]
public sealed class ProcessorsHostTests(HostFixture host)
{
    [RequiresKafkaFact]
    public async Task Given_changes_in_a_raw_topic_When_they_are_processed_Then_each_target_is_in_its_lane_and_the_offsets_are_committed()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("changes"));
        await using var service = await (await shop.StartAsync()).ReadyAsync();

        await shop.ProduceAsync([Update(7, 3, 4), WithSchema(Insert(8, 5)), null], partition: 0);

        var records = await shop.ReadAsync(shop.Output, found => found.Count >= 5);
        var events = await EventsAsync(shop, records);
        Assert.Equal(
            ["product:7", "product:8", "products:category:3:*", "products:category:4:*", "products:category:5:*"],
            events.Select(found => found.target).Order(StringComparer.Ordinal));
        Assert.All(records.Zip(events), pair => Assert.Equal(CacheSlot.Of(pair.Second.target).Lane(4), pair.First.Partition.Value));
        Assert.All(events, found => Assert.True(found is { xid: 1, entity: "public.product", sourcePartition: 0 }));
        Assert.Equal(TargetKind.TAG, events.First(found => found.target.EndsWith('*')).kind);
        await Eventually.Async(async () => await shop.CommittedAsync(0) == 3, TimeSpan.FromSeconds(10), "all is committed, the tombstone too");
        Assert.Equal(0, await service.StopAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_records_that_cannot_be_used_When_they_arrive_Then_they_are_parked_their_families_die_and_later_changes_go_through()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("poison"));
        await using var service = await (await shop.StartAsync()).ReadyAsync();

        await shop.ProduceAsync([Encoding.UTF8.GetBytes("no json"), Bytes(Changes.Envelope("c", null, "{\"id\":7}")), Insert(9, 1)], partition: 0);

        var parked = await shop.ReadAsync(shop.DeadLetters, found => found.Count >= 2);
        Assert.Equal("no json", Encoding.UTF8.GetString(parked[0].Message.Value));
        Assert.Equal(["STR2001", "STR2003"], parked.Select(record => Header(record, "streams.dlq.code")));
        Assert.Equal(["0", "1"], parked.Select(record => Header(record, "__connect.errors.offset")));
        Assert.Equal(shop.Raw, Header(parked[0], "__connect.errors.topic"));
        Assert.Equal("24023128", Header(parked[1], "streams.dlq.lsn"));
        // The first twice: its transaction is not known, so again after a barrier.
        var events = await EventsAsync(shop, await shop.ReadAsync(shop.Output, found => found.Count >= 8));
        Assert.Equal(3, events.Count(found => found.target == "product:*"));
        Assert.Equal(3, events.Count(found => found.target == "products:category:*:*"));
        Assert.Contains(events, found => found.target == "product:9");
        Assert.Equal([null, null, 1L], events.Where(found => found.target == "product:*").Select(found => found.xid).Order());
        await Eventually.Async(async () => await shop.CommittedAsync(0) == 3, TimeSpan.FromSeconds(10), "the offset passes what is parked");
    }

    [RequiresKafkaFact]
    public async Task Given_a_transaction_that_is_not_visible_yet_When_a_record_is_undecodable_Then_its_families_die_again_only_after_it_is()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("barrier"));
        await using var service = await (await shop.StartAsync()).ReadyAsync();
        await using var source = Npgsql.NpgsqlDataSource.Create(shop.Connection);
        await using var open = await source.OpenConnectionAsync();
        await using var transaction = await open.BeginTransactionAsync();
        await using (var write = new Npgsql.NpgsqlCommand("INSERT INTO product (id) VALUES (1)", open, transaction))
        {
            await write.ExecuteNonQueryAsync();
        }

        await shop.ProduceAsync([Encoding.UTF8.GetBytes("no json"), Insert(9, 1)], partition: 0);
        var before = await EventsAsync(shop, await shop.ReadAsync(shop.Output, found => found.Count >= 4));
        Assert.Equal(1, before.Count(found => found.target == "product:*"));
        Assert.True(await shop.CommittedAsync(0) < 1);

        await transaction.CommitAsync();

        var after = await EventsAsync(shop, await shop.ReadAsync(shop.Output, found => found.Count >= 6));
        Assert.Equal(2, after.Count(found => found.target == "product:*"));
        await Eventually.Async(async () => await shop.CommittedAsync(0) == 2, TimeSpan.FromSeconds(10), "the offset goes on");
    }

    [RequiresKafkaFact]
    public async Task Given_a_backlog_When_the_service_is_killed_and_restarted_Then_no_change_is_lost_and_each_partition_is_in_order()
    {
        const int Count = 3000;
        var shop = await TestShop.CreateAsync(host, Unique.Name("killed"));
        for (var partition = 0; partition < 2; partition++)
        {
            var at = partition;
            await shop.ProduceAsync(Enumerable.Range(0, Count).Select(i => Insert((i * 2) + at, 1)), partition);
        }

        await using (var first = await shop.StartAsync())
        {
            await shop.ReadAsync(shop.Output, found => found.Count > 200);
            await first.KillAsync();
        }

        await using var second = await shop.StartAsync();

        var records = await shop.ReadAsync(
            shop.Output, found => found.Select(record => Encoding.UTF8.GetString(record.Message.Key.AsSpan(6))).Where(key => key.StartsWith("product:", StringComparison.Ordinal)).Distinct().Count() == 2 * Count);
        await Eventually.Async(
            async () => await shop.CommittedAsync(0) == Count && await shop.CommittedAsync(1) == Count, TimeSpan.FromSeconds(20), "all is committed");
        var events = await EventsAsync(shop, records);
        // Redelivery goes back, once, to the last commit; apart from that the lanes keep the order of each raw partition.
        foreach (var lane in records.Zip(events).GroupBy(pair => (pair.First.Partition.Value, pair.Second.sourcePartition)))
        {
            var offsets = lane.Select(pair => pair.Second.sourceOffset).ToList();
            Assert.True(offsets.Zip(offsets.Skip(1)).Count(pair => pair.Second < pair.First) <= 1, $"lane {lane.Key}");
        }
    }

    [RequiresKafkaFact]
    public async Task Given_the_registry_is_down_When_the_service_starts_Then_it_says_so_waits_and_loses_nothing()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("registry"));
        var port = Ports.Take();
        await using var service = await shop.StartAsync($"--Streams:Registry:Url=http://127.0.0.1:{port}");
        await shop.ProduceAsync([Insert(1, 1)], partition: 0);
        await Eventually.Async(async () => await service.NotReadyAsync() == "registry", TimeSpan.FromSeconds(20), "only the registry is missing");

        await using var registry = await host.StartRegistryAsync(port);

        await shop.ReadAsync(shop.Output, found => found.Count >= 2);
        await service.ReadyAsync();
    }

    [RequiresKafkaFact]
    public async Task Given_a_mistake_in_the_rules_When_the_service_starts_Then_it_names_it_and_exits_with_78()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("mistake"));
        await shop.RulesAsync("{ name: product, table: public.product, keys: [\"product:{nam}\"] }");
        await using var service = await shop.StartAsync();

        Assert.Equal(78, await service.ExitAsync());
        Assert.Contains("line 4: STR1102", service.Log, StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_partitions_are_added_to_the_lanes_When_the_service_sees_it_Then_it_stops_with_78()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("lanes"));
        await using var service = await (await shop.StartAsync()).ReadyAsync();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = host.Kafka.BootstrapServers }).Build();

        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = shop.Output, IncreaseTo = 5 }]);

        Assert.Equal(78, await service.ExitAsync());
        Assert.Contains("STR3103", service.Log, StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_changes_that_left_the_log_unread_When_the_service_goes_on_Then_all_values_of_the_table_are_invalidated_first()
    {
        var shop = await TestShop.CreateAsync(host, Unique.Name("retention"));
        await shop.ProduceAsync([Insert(1, 1)], partition: 0);
        await using (var first = await (await shop.StartAsync()).ReadyAsync())
        {
            await Eventually.Async(async () => await shop.CommittedAsync(0) == 1, TimeSpan.FromSeconds(20), "the first is committed");
            await first.StopAsync();
        }

        await shop.ProduceAsync([Insert(2, 1), Insert(3, 1)], partition: 0);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = host.Kafka.BootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(shop.Raw, 0, 2)]);
        await using var second = await shop.StartAsync();

        var events = await EventsAsync(shop, await shop.ReadAsync(shop.Output, found => found.Count >= 8));
        Assert.Equal(2, events.Count(found => found.target == "product:*"));
        Assert.Contains(events, found => found.target == "product:3");
        await Eventually.Async(async () => await shop.CommittedAsync(0) == 3, TimeSpan.FromSeconds(10), "it goes on");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Insert(int id, int category) => Bytes(Changes.Envelope("c", null, Changes.Row(id, category: category)));

    private static byte[] Update(int id, int from, int to) => Bytes(Changes.Envelope("u", Changes.Row(id, category: from), Changes.Row(id, category: to)));

    private static byte[] WithSchema(byte[] envelope) => Bytes($$"""{"schema":{"type":"struct"},"payload":{{Encoding.UTF8.GetString(envelope)}}}""");

    private static string Header(ConsumeResult<byte[], byte[]> record, string name) => Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes(name));

    private async Task<List<InvalidationEvent>> EventsAsync(TestShop shop, List<ConsumeResult<byte[], byte[]>> records)
    {
        var topic = new AvroTopic<InvalidationKey, InvalidationEvent>(shop.Output, host.Schemas);
        var events = new List<InvalidationEvent>();
        foreach (var record in records)
        {
            events.Add(await topic.ReadValueAsync(record.Message.Value, record.Message.Headers));
        }

        return events;
    }
}
