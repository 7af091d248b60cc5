using System.Globalization;
using Confluent.Kafka;
using Streams.Bench.Peer;
using Streams.Core.Aggregates;
using Streams.Local.Processes;

namespace Streams.Bench;

/// <summary>Both stages on a local stack.</summary>
internal static class AggregateBench
{
    private const string Processors = "stream-processors";
    private const string Declared = """
        aggregates:
          - name: bench
            table: public.inventory
            groupBy: [store_id]
            window: { type: tumbling, size: 60s, on: created_at, grace: 10s }
            measures: { products: count, quantity: sum(quantity) }
        """;

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);

    public static async Task<int> RunAsync(long rows, int windows, int updated, int runs, int losses, bool hasPeer, CancellationToken cancellationToken)
    {
        await using var stack = await BenchStack.StartAsync(Declared, cancellationToken);
        Say($"{Environment.ProcessorCount} cores; Postgres, Redis, Kafka, Connect and all services on them");
        await LoadAsync(stack, rows, windows, updated, cancellationToken);
        var records = stack.Ends().Sum();
        var groups = await stack.ScalarAsync<long>("SELECT count(*) FROM (SELECT FROM inventory GROUP BY store_id, extract(epoch FROM created_at)::bigint / 60) g", cancellationToken);
        Say($"{records} records in 4 raw partitions, {rows} live rows, {groups} groups in {windows} windows, all of them final");
        await using var streamiz = hasPeer ? StreamizPeer.Start(stack) : null;
        await BackfillAsync(stack, cancellationToken);
        _ = streamiz is null ? "" : await streamiz.RunAsync(records, cancellationToken);
        for (var run = 1; run <= runs; run++)
        {
            var used = new ProcessorTime(stack, stack.Part(Processors).Pid);
            var took = await BackfillAsync(stack, cancellationToken);
            Say($"backfill {run}: {took.TotalSeconds:0.0} s, {records / took.TotalSeconds:0} records/s, {used}, processors {ResidentMegabytes(stack)} MB resident");
            var peer = await DecodingReader.RunAsync(stack, Environment.ProcessorCount);
            Say($"  peer, decoding and adding in memory only: {peer.TotalSeconds:0.0} s, {records / peer.TotalSeconds:0} records/s; processors {ResidentMegabytes(stack)} MB resident behind it");
            if (streamiz is not null)
            {
                Say($"  peer, {StreamizPeer.Description} (KTable.GroupBy.Aggregate, in-memory stores, at least once, no cache): {await streamiz.RunAsync(records, cancellationToken)}");
            }
        }

        for (var loss = 1; loss <= losses; loss++)
        {
            var (begun, contained) = await LoseAsync(stack, cancellationToken);
            Say($"lost store {loss}: {contained.TotalSeconds:0.0} s from the processors' end until all {rows} live rows are contained again; the fold began after {begun.TotalSeconds:0.0} s, processors {ResidentMegabytes(stack)} MB resident");
            if (streamiz is not null)
            {
                Say($"  peer, {StreamizPeer.Description}: {await streamiz.LoseAsync(cancellationToken)}");
            }
        }

        return 0;
    }

    private static async Task LoadAsync(BenchStack stack, long rows, int windows, int updated, CancellationToken cancellationToken)
    {
        // Without the shop's triggers and keys of other tables, in transactions of a size that the connector takes from memory.
        const int Batch = 20_000;
        for (var from = 1L; from <= rows; from += Batch)
        {
            await stack.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
                SET session_replication_role = replica;
                INSERT INTO inventory (product_id, store_id, quantity, created_at)
                SELECT i, 1 + i % 50, i % 10000, '2026-01-01Z'::timestamptz + ((i / 50) % {windows}) * interval '60 seconds' FROM generate_series({from}, {Math.Min(rows, from + Batch - 1)}) i;
                UPDATE inventory SET quantity = quantity + 1 WHERE product_id BETWEEN {from} AND {from + (Batch * updated / 100) - 1};
                SET session_replication_role = DEFAULT
                """), cancellationToken);
        }

        await stack.UntilAsync(
            () => stack.ScalarAsync<bool>("SELECT coalesce(bool_or(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) < 100000), false) FROM pg_replication_slots", cancellationToken),
            cancellationToken);
    }

    /// <summary>From the epoch's row until it is live, by the database's clock.</summary>
    private static async Task<TimeSpan> BackfillAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        // As streams agg backfill --execute does; the newest epoch is begun once more.
        await stack.UntilAsync(() => stack.ScalarAsync<bool>("SELECT NOT EXISTS (SELECT FROM streams.aggregate_epoch WHERE state = 'shadow') AND EXISTS (SELECT FROM streams.aggregate_epoch WHERE state = 'live')", cancellationToken), cancellationToken);
        var epochs = new Postgres.AggregateEpochs(stack.Source);
        var newest = (await epochs.ReadAsync(cancellationToken)).Single(epoch => epoch.IsLive);
        var begun = await epochs.BeginAsync(newest with { Targets = [.. stack.Ends()], Snapshot = null, Reason = "bench" }, "public.inventory", newest.Epoch, cancellationToken)
            ?? throw new InvalidOperationException("Another epoch was begun.");
        await stack.UntilAsync(() => stack.ScalarAsync<bool>($"SELECT state = 'live' FROM streams.aggregate_epoch WHERE epoch = {begun.Epoch}", cancellationToken), cancellationToken);
        return await stack.ScalarAsync<TimeSpan>($"SELECT live_at - created_at FROM streams.aggregate_epoch WHERE epoch = {begun.Epoch}", cancellationToken);
    }

    /// <summary>Stops the processors, deletes their stores, and waits until every partition says again that it contains everything.</summary>
    private static async Task<(TimeSpan Begun, TimeSpan Contained)> LoseAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        var ends = stack.Ends();
        using var consumer = stack.Consumer("progress");
        var progress = new TopicPartition(AggregateTopics.Progress, 0);
        var pid = stack.Part(Processors).Pid;
        Signals.Send(pid, Signals.Terminate);
        await stack.UntilAsync(() => Task.FromResult(!Directory.Exists($"/proc/{pid}")), cancellationToken);
        Directory.Delete(stack.State, recursive: true);
        consumer.Assign(new TopicPartitionOffset(progress, consumer.QueryWatermarkOffsets(progress, TimeSpan.FromSeconds(10)).High));
        var since = TimeProvider.System.GetTimestamp();
        await stack.UntilAsync(() => Task.FromResult(Directory.Exists(stack.State) && Directory.EnumerateDirectories(stack.State, "raw-*", SearchOption.AllDirectories).Any()), cancellationToken);
        var begun = TimeProvider.System.GetElapsedTime(since);
        var contained = new HashSet<int>();
        while (contained.Count < 4)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (consumer.Consume(PollTime) is { IsPartitionEOF: false } record
                && AggregateProgress.Read(record.Message.Value) is { IsPublished: true } said && said.Raw.All(raw => raw.Position >= ends[raw.Partition]))
            {
                contained.Add(said.Partition);
            }
        }

        return (begun, TimeProvider.System.GetElapsedTime(since));
    }

    private static long ResidentMegabytes(BenchStack stack) => BenchStack.ResidentMegabytes(stack.Part(Processors).Pid);

    private static void Say(string line) => Console.WriteLine(line);
}
