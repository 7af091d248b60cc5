using System.Collections.Immutable;
using System.Net;
using System.Text;
using Confluent.Kafka;
using Streams.Cache.Layout;
using Streams.Core.Fencing;
using Streams.Fixtures;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>State is lost, records are bad, the topic is not what it was: nothing stale survives, and fills resume.</summary>
[Collection(SinkCollection.Name)]
public sealed class SinkFaultTests(SinkServers servers)
{
    [RequiresKafkaFact]
    public async Task Given_Redis_is_flushed_Then_a_new_epoch_begins_and_values_are_cached_again()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        var epoch = (await sink.EpochAsync())!.Value;
        await world.FillAsync(1);

        await servers.Redis.FlushAsync();
        Assert.Equal("old", SinkWorld.Text(await world.ReadAsync(1)));

        await sink.ReadyAfterAsync(epoch);
        await world.FillAsync(1);
        await world.ChangeAsync(1, "new", "item:1");
        await world.GoneAsync("item:1");
    }

    [RequiresKafkaFact]
    public async Task Given_only_the_positions_went_back_in_time_Then_the_lane_is_applied_again()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        var epoch = await sink.EpochAsync();
        await world.WriteAsync(1, "old");
        await world.FillAsync(1);
        var stale = (byte[])(await world.Redis.GetDatabase().StringGetAsync("item:1"))!;
        var record = await world.EmitAsync("item:1", await world.WriteAsync(1, "new"));
        await world.AppliedAsync(record);

        // What a failover to an older copy does: position, fence and value of before.
        var database = world.Redis.GetDatabase();
        await database.HashSetAsync(CacheKeys.Fence(CacheSlot.Of("item:1").Number), $"{CacheSlot.Of("item:1").Cell}", record.Offset.Value - 1);
        await database.StringSetAsync("item:1", stale);
        await database.HashSetAsync(CacheKeys.Applied(record.Partition.Value), "a", record.Offset.Value);

        await world.GoneAsync("item:1");
        await world.AppliedAsync(record);
        Assert.Equal(epoch, await sink.EpochAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_a_fence_table_is_lost_alone_Then_it_is_restored_in_the_same_epoch()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await using var sink = await world.SinkAsync("--Streams:InvalidationSink:AuditSlots=16384");
        await sink.ReadyAsync();
        var epoch = await sink.EpochAsync();
        var table = CacheKeys.Fence(CacheSlot.Of("item:1").Number);

        await world.Redis.GetDatabase().KeyDeleteAsync(table);

        await Eventually.Async(async () => (long?)await world.Redis.GetDatabase().HashGetAsync(table, "e") == epoch, TimeSpan.FromSeconds(10), "the table is back");
    }

    [RequiresKafkaFact]
    public async Task Given_a_value_that_cannot_be_decoded_When_its_key_can_Then_the_target_is_invalidated_and_the_record_parked()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        var epoch = await sink.EpochAsync();
        await world.FillAsync(1);

        await world.ProduceAsync("item:1", await world.KeyAsync("item:1"), Encoding.UTF8.GetBytes("garbage"));

        await world.GoneAsync("item:1");
        var parked = await world.ParkedAsync();
        Assert.Equal("garbage", Encoding.UTF8.GetString(parked.Message.Value));
        Assert.Equal(world.Topic, Encoding.UTF8.GetString(parked.Message.Headers.GetLastBytes("__connect.errors.topic")));
        Assert.Equal("STR3204", Encoding.UTF8.GetString(parked.Message.Headers.GetLastBytes("streams.dlq.code")));
        // Its transaction is not known, so the frontier waits for a new id; then fills are taken again.
        await world.FillAsync(1);
        Assert.Equal(epoch, await sink.EpochAsync());
    }

    [RequiresKafkaFact]
    public async Task Given_a_record_that_names_nothing_Then_everything_is_invalidated_and_the_record_parked()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        var epoch = (await sink.EpochAsync())!.Value;
        await world.FillAsync(1);

        await world.ProduceAsync("item:1", null, Encoding.UTF8.GetBytes("garbage"));

        await sink.ReadyAfterAsync(epoch);
        Assert.NotEqual(Streams.Cache.Reading.CacheOutcome.Hit, (await world.ReadAsync(1)).Outcome);
        Assert.Equal("garbage", Encoding.UTF8.GetString((await world.ParkedAsync()).Message.Value));
        await world.FillAsync(1);
    }

    [RequiresKafkaFact]
    public async Task Given_the_position_has_left_the_lane_When_the_sink_starts_Then_a_new_epoch_begins()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        long epoch;
        await using (var sink = await world.SinkAsync())
        {
            await sink.ReadyAsync();
            epoch = (await sink.EpochAsync())!.Value;
            await world.FillAsync(1);
        }

        await world.ChangeAsync(1, "new", "item:1");
        var last = await world.EmitAsync("item:1", await world.WriteAsync(1, "newer"));
        using (var admin = servers.Admin())
        {
            await admin.DeleteRecordsAsync([new TopicPartitionOffset(last.TopicPartition, last.Offset.Value + 1)]);
        }

        await using var restarted = await world.SinkAsync();

        await restarted.ReadyAfterAsync(epoch);
        Assert.Equal("newer", SinkWorld.Text(await world.ReadAsync(1)));
    }

    [RequiresKafkaFact]
    public async Task Given_the_topic_is_recreated_under_the_sink_Then_a_new_epoch_begins()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        var epoch = (await sink.EpochAsync())!.Value;
        await world.FillAsync(1);

        using (var admin = servers.Admin())
        {
            await admin.DeleteTopicsAsync([world.Topic]);
        }

        await Eventually.Async(() => !servers.HasTopic(world.Topic), TimeSpan.FromSeconds(20), "the topic is deleted");
        await servers.Kafka.CreateTopicAsync(world.Topic, SinkWorld.Lanes);

        await sink.ReadyAfterAsync(epoch);
        await world.FillAsync(1);
        await world.ChangeAsync(1, "new", "item:1");
        await world.GoneAsync("item:1");
    }

    [RequiresKafkaFact]
    public async Task Given_the_slot_is_missing_Then_nothing_is_cached_until_it_is_there_and_its_loss_begins_a_new_epoch()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await world.WriteAsync(1, "old");
        await using var sink = await world.SinkAsync($"--Streams:Source:SlotName={world.Topic}");
        await Eventually.Async(async () => (await sink.ReadinessAsync()).Body.Contains("STR3207", StringComparison.Ordinal), TimeSpan.FromSeconds(20), "the missing slot is named");
        Assert.False((await world.ReadAsync(1)).Stored);

        await world.SqlAsync($"SELECT pg_create_logical_replication_slot('{world.Topic}', 'pgoutput')");
        await sink.ReadyAsync();
        await world.FillAsync(1);
        var epoch = (await sink.EpochAsync())!.Value;

        await world.SqlAsync($"SELECT pg_drop_replication_slot('{world.Topic}')");
        await Eventually.Async(async () => await sink.EpochAsync() > epoch, TimeSpan.FromSeconds(20), "a new epoch");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await sink.ReadinessAsync()).Status);
        Assert.NotEqual(Streams.Cache.Reading.CacheOutcome.Hit, (await world.ReadAsync(1)).Outcome);
    }

    [RequiresKafkaFact]
    public async Task Given_a_stale_value_slips_in_When_the_auditor_looks_Then_it_is_counted_and_removed()
    {
        await using var world = await SinkWorld.NewAsync(servers);
        await using var sink = await world.SinkAsync();
        await sink.ReadyAsync();
        var xid = await world.WriteAsync(1, "old");
        var record = await world.EmitAsync("item:1", xid);
        await world.AppliedAsync(record);

        var header = new ValueHeader(
            true,
            (await sink.EpochAsync())!.Value,
            0,
            [new Stamp(record.Partition.Value, record.Offset.Value - 1)],
            new PgSnapshot(xid, xid, []),
            ["item:*"]);
        await world.Redis.GetDatabase().StringSetAsync("item:1", header.Write("stale"u8));

        await world.GoneAsync("item:1");
        Assert.Contains("streams_sink_survivors_total{rule=\"item\"} 1", await sink.MetricsAsync(), StringComparison.Ordinal);
    }
}
