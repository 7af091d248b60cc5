using System.Diagnostics;
using Avro.Generic;
using Confluent.Kafka;
using Streams.Cli.Stack;
using Streams.Core.Aggregates;
using Streams.Fixtures;
using Streams.Local.Processes;
using Streams.Processors.Aggregates;
using Streams.Schemas.Aggregates;

namespace Streams.EndToEnd.Tests;

/// <summary>Aggregates of the shop equal SQL, whatever dies: asked by <c>streams agg verify</c>, as an operator would.</summary>
[Collection(StackCollection.Name)]
public sealed class AggregateTests(StackFixture stack)
{
    // Kind, epoch, raw partition, version, no clock, store: nobody is concerned.
    private const string ProgressOfNoEpoch = "\u0004\0\0\0\0\0";

    [RequiresKafkaFact]
    public async Task Given_changes_of_every_kind_and_kills_of_the_processors_When_verified_Then_every_group_equals_SQL()
    {
        await stack.SqlAsync("INSERT INTO customer (name, email) SELECT 'Buyer ' || i, 'buyer' || i || '@example.org' FROM generate_series(1, 20) i");
        for (var round = 0; round < 4; round++)
        {
            await MixAsync();
            await stack.KillAsync(StackFixture.Processors);
            await MixAsync();
        }

        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);
        Assert.Contains("0 differences", await VerifyAsync("orders_per_minute"), StringComparison.Ordinal);
        Assert.Contains("0 differences", await VerifyAsync("order_sessions"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_two_instances_of_the_processors_When_each_dies_in_the_midst_of_changes_Then_every_group_equals_SQL()
    {
        await MixAsync();
        await using var second = await stack.StartSecondAsync(StackFixture.Processors);
        await stack.EventuallyAsync(() => Task.FromResult(HasTasks("raw-*") && HasTasks("partials-*")), "the second instance has tasks of both stages");
        await MixAsync();
        await stack.KillAsync(StackFixture.Processors);
        await MixAsync();
        await second.KillAsync();
        await MixAsync();

        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);
        Assert.Contains("0 differences", await VerifyAsync("order_sessions"), StringComparison.Ordinal);

        bool HasTasks(string pattern)
        {
            var state = stack.StateOfSecond(StackFixture.Processors);
            return Directory.Exists(state) && Directory.EnumerateDirectories(state, pattern, SearchOption.AllDirectories).Any();
        }
    }

    [RequiresKafkaFact]
    public async Task Given_a_truncated_table_and_rows_after_it_When_verified_Then_only_the_rows_after_it_count()
    {
        await MixAsync();
        await stack.SqlAsync("TRUNCATE orders CASCADE");
        await MixAsync();

        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_a_log_that_has_lost_its_beginning_When_backfilled_in_the_midst_of_changes_Then_a_snapshot_fills_the_epoch()
    {
        await MixAsync();
        await VerifyAsync("orders_by_status");
        await stack.ForgetAsync("shop.public.orders");
        await MixAsync();

        Assert.Contains("takes an incremental snapshot", await AggAsync("backfill", "orders_by_status", "--execute"), StringComparison.Ordinal);
        for (var round = 0; round < 3; round++)
        {
            await MixAsync();
            await stack.KillAsync(StackFixture.Processors);
        }

        await stack.EventuallyAsync(async () => await stack.CountAsync("streams.aggregate_epoch WHERE state = 'shadow'") == 0, "the epoch goes live");
        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);
        await stack.EventuallyAsync(async () => await stack.CountAsync("streams.signal") == 0, "the snapshot's signals are swept");
    }

    [RequiresKafkaTheory]
    [InlineData("statement")]
    [InlineData("sweep")]
    [InlineData("progress")]
    [InlineData("row")]
    public async Task Given_an_epoch_that_begins_When_the_processors_are_killed_as_soon_as_a_record_of_a_kind_is_in_its_topic_Then_every_group_equals_SQL(string kind)
    {
        await LiveAsync("orders_by_status");
        await MixAsync();
        var before = (long)(await ScalarAsync("SELECT max(epoch) FROM streams.aggregate_epoch WHERE name = 'orders_by_status'"))!;
        using (var tail = new TopicTail(stack.KafkaConfig<ConsumerConfig>(), kind == "row" ? AggregateTopics.Output("orders_by_status") : AggregateTopics.Partials("orders_by_status")))
        {
            var killed = Task.Run(async () =>
            {
                tail.Await(value => kind == "row" || (PartialRecord.Read(value) is { } record && record.Epoch > before && IsOf(kind, record)));
                await stack.KillAsync(StackFixture.Processors);
            });
            await AggAsync("backfill", "orders_by_status", "--execute");
            await MixAsync();
            await killed;
        }

        await MixAsync();
        await stack.EventuallyAsync(async () => await stack.CountAsync("streams.aggregate_epoch WHERE state = 'shadow'") == 0, "the epoch goes live");
        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);

        // Of the epoch that begins: the one before it goes on and says the same kinds.
        static bool IsOf(string kind, PartialRecord record) => kind switch
        {
            "statement" => record is CellState,
            "sweep" => record is Sweep,
            _ => record is Progress,
        };
    }

    [RequiresKafkaFact]
    public async Task Given_partials_that_leave_their_topic_unread_When_the_processors_are_back_Then_every_group_equals_SQL()
    {
        await MixAsync();
        await VerifyAsync("orders_by_status");
        stack.Signal(StackFixture.Processors, Signals.Stop);
        var partials = AggregateTopics.Partials("orders_by_status");
        for (var record = 0; record < 10; record++)
        {
            // The first may still answer a request that was under way.
            await stack.PublishAsync(partials, ProgressOfNoEpoch);
        }

        await stack.ForgetAsync(partials);
        stack.Signal(StackFixture.Processors, Signals.Continue);

        await stack.EventuallyAsync(() => Task.FromResult(stack.LogOf(StackFixture.Processors).Contains("is built again by a resync", StringComparison.Ordinal)), "the loss is noticed");
        await MixAsync();
        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);
    }

    [RequiresKafkaFact]
    public async Task Given_snapshots_that_the_connector_forgets_When_an_epoch_waits_for_them_Then_it_is_asked_for_again()
    {
        // Of somebody else, years ago: nothing tells of its end. One snapshot at a time is the rule, so an epoch that needs one waits for it. And one
        // of ours, which the connector has never heard of.
        await stack.PublishAsync("shop.notifications", """{"id":"forgotten","aggregate_type":"Incremental Snapshot","type":"STARTED","additional_data":{},"timestamp":1}""");
        await stack.SqlAsync("INSERT INTO customer (name, email) SELECT 'Buyer', 'buyer@example.org' WHERE NOT EXISTS (SELECT FROM customer)");
        await stack.SqlAsync("INSERT INTO orders (customer_id, status, total) SELECT (SELECT min(id) FROM customer), 'paid', i FROM generate_series(1, 30000) i");
        await stack.SqlAsync("""
            INSERT INTO streams.aggregate_epoch (name, epoch, state, definition_hash, topic_id, starts, targets, snapshot, reason, floor_commit, floor_lsn, history)
            SELECT name, epoch + 1, 'shadow', definition_hash, topic_id, starts, NULL, 'agg-unheard', 'test', floor_commit, floor_lsn, history
            FROM streams.aggregate_epoch WHERE name = 'orders_by_status' AND state = 'live'
            """);
        await stack.EventuallyAsync(async () => await stack.CountAsync("streams.aggregate_epoch WHERE state = 'shadow' AND snapshot <> 'agg-unheard'") == 1, "a snapshot is asked for anew");
        for (var kill = 0; kill < 2; kill++)
        {
            await stack.EventuallyAsync(async () => await stack.CountAsync("streams.signal") > 2 || await ShadowsAsync() == 0, "chunks are read");
            await stack.KillAsync("connect");
            await MixAsync();
        }

        await stack.EventuallyAsync(async () => await ShadowsAsync() == 0, "the epoch goes live");
        Assert.Contains("0 differences", await VerifyAsync("orders_by_status"), StringComparison.Ordinal);
        await stack.EventuallyAsync(async () => await stack.CountAsync("streams.signal") == 0, "what all of the snapshots have left is swept");

        Task<long> ShadowsAsync() => stack.CountAsync("streams.aggregate_epoch WHERE state = 'shadow'");
    }

    [RequiresKafkaFact]
    public async Task Given_a_closed_window_When_a_row_of_it_comes_and_goes_Then_it_counts_and_both_are_reported_late()
    {
        await LiveAsync("orders_per_minute");
        await MixAsync();
        var window = (DateTime)(await ScalarAsync("SELECT date_trunc('day', now(), 'UTC') - interval '3 hours'"))!;
        var id = await ScalarAsync($"INSERT INTO orders (customer_id, status, total, created_at) SELECT min(id), 'paid', 7.5, '{window:u}'::timestamptz + interval '5 seconds' FROM customer RETURNING id");
        await stack.KillAsync(StackFixture.Processors);
        await stack.SqlAsync($"DELETE FROM orders WHERE id = {id}");

        using var late = new LateReader(AggregateTopics.Late("orders_per_minute"), stack.Part("kafka").Address, stack.Part(StackFixture.Registry).Address);
        await stack.EventuallyAsync(() => Task.FromResult(late.Read().Select(Of).Distinct().Count(row => row.Key == $"{id}") == 2), "the row is reported, in and out");
        Assert.Equal(
            [("in", window, "paid"), ("out", window, "paid")],
            late.Read().Select(Of).Where(row => row.Key == $"{id}").Select(row => (row.Direction, row.Window, row.Status)).Distinct().Order());
        Assert.All(late.Read(), row => Assert.True((long)row[LateSchema.LateBy]! > 0));
        Assert.Contains("0 differences", await VerifyAsync("orders_per_minute"), StringComparison.Ordinal);

        static (string Key, string Direction, DateTime Window, string Status) Of(GenericRecord row) =>
            ((string)row[LateSchema.RowKey]!, (string)row[LateSchema.Direction]!, (DateTime)row[AggregateSchema.WindowStart]!, (string)row["status"]!);
    }

    private Task LiveAsync(string aggregate) => stack.EventuallyAsync(
        async () => await stack.CountAsync($"streams.aggregate_epoch WHERE name = '{aggregate}' AND state = 'live'") == 1, "the aggregate is live");

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = stack.Postgres.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Inserts, updates that move rows between groups and windows, deletes, changed keys, a rolled-back transaction.</summary>
    private async Task MixAsync()
    {
        await stack.SqlAsync("""
            INSERT INTO customer (name, email) SELECT 'Buyer', 'buyer@example.org' WHERE NOT EXISTS (SELECT FROM customer);
            INSERT INTO orders (customer_id, status, total, created_at)
            SELECT (SELECT id FROM customer ORDER BY random() LIMIT 1), (ARRAY['pending', 'paid', 'shipped'])[1 + i % 3], i + 0.25, now() - i * interval '7 seconds'
            FROM generate_series(1, 300) i
            """);
        await stack.SqlAsync("UPDATE orders SET status = 'delivered', total = total * 2 WHERE id IN (SELECT id FROM orders ORDER BY random() LIMIT 60)");
        await stack.SqlAsync("UPDATE orders SET created_at = created_at - interval '1 hour' WHERE id IN (SELECT id FROM orders ORDER BY random() LIMIT 20)");
        await stack.SqlAsync("DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY random() LIMIT 40)");
        await stack.SqlAsync("UPDATE orders SET id = -id WHERE id IN (SELECT id FROM orders WHERE id > 0 ORDER BY random() LIMIT 5)");
        await stack.SqlAsync("DO $$ BEGIN DELETE FROM orders; RAISE EXCEPTION 'back'; EXCEPTION WHEN raise_exception THEN NULL; END $$");
    }

    private Task<string> VerifyAsync(string aggregate) => AggAsync("verify", aggregate, "--quiesce");

    private async Task<string> AggAsync(params string[] arguments)
    {
        using var verify = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(Endpoints).Assembly.Location, "agg", .. arguments, "--dir", stack.Folder])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root,
        })!;
        var (output, errors) = (verify.StandardOutput.ReadToEndAsync(), verify.StandardError.ReadToEndAsync());
        await verify.WaitForExitAsync();
        var said = await output + await errors;
        Assert.True(verify.ExitCode == 0, said);
        return said;
    }
}
