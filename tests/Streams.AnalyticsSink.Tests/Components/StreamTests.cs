using Streams.Core.Aggregates;
using Streams.Fixtures;
using static Streams.AnalyticsSink.Tests.Components.SinkWorld;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>Changes as server-sent events: a follower that comes back loses nothing and sees nothing twice.</summary>
[Collection(AnalyticsCollection.Name)]
public sealed class StreamTests(AnalyticsServers servers)
{
    private const string Fast = "--Streams:AnalyticsSink:StreamInterval=00:00:00.010";

    [RequiresKafkaFact]
    public async Task Given_two_writers_and_a_follower_that_is_cut_off_again_and_again_Then_he_loses_and_repeats_nothing()
    {
        await using var world = await NewAsync(servers);
        await using var first = await world.SinkAsync(Fast, "--Streams:AnalyticsSink:BatchSize=5");
        await using var second = await world.SinkAsync(Fast, "--Streams:AnalyticsSink:BatchSize=7");
        await Eventually.Async(async () => await first.PartitionsAsync() == 1 && await second.PartitionsAsync() == 1, TimeSpan.FromSeconds(30), "a partition each");
        var rows = Enumerable.Range(1, 600).Select(i => Row($"s{i % 9}", i % 5, i, isEmpty: i % 13 == 0)).ToList();
        var writing = Task.Run(async () =>
        {
            foreach (var some in rows.Chunk(20))
            {
                await world.PublishAsync(some);
            }
        });

        var (held, versions, id, random) = (new Dictionary<string, long>(), new HashSet<string>(), (string?)null, new Random(1));
        var expected = Expected(rows).Select(row => row.Split(' ')).ToDictionary(row => $"{row[0]}/{row[1]}", row => long.Parse(row[5], System.Globalization.CultureInfo.InvariantCulture));
        for (var connection = 0; !(writing.IsCompleted && Same(held, expected)); connection++)
        {
            await using var events = await EventReader.OpenAsync(connection % 2 == 0 ? first : second, $"/v1/aggregates/{world.Name}/stream", id);
            for (var left = random.Next(1, 60); left > 0 && !(writing.IsCompleted && Same(held, expected)); left--)
            {
                var change = Assert.IsType<StreamEvent>(await events.NextAsync());
                id = change.Id;
                Assert.Contains(change.Type, (string[])["upsert", "delete", "as_of"]);
                Take(change, held, versions);
            }
        }

        await writing;
        Assert.Equal(expected.OrderBy(pair => pair.Key), held.OrderBy(pair => pair.Key));
    }

    [RequiresKafkaFact]
    public async Task Given_a_filter_and_a_quiet_stream_Then_it_says_as_of_when_it_is()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync(Fast, "--Streams:AnalyticsSink:Heartbeat=00:00:00.100");
        await world.PublishAsync(Row("paid", 0, 1), Row("new", 0, 2));
        await world.ProgressAsync(20);
        await world.AsOfAsync(20);

        await using var events = await EventReader.OpenAsync(sink, $"/v1/aggregates/{world.Name}/stream?status=paid", null);
        var upsert = await events.NextAsync();
        Assert.Equal("upsert paid", $"{upsert!.Type} {upsert.Data.GetProperty("status").GetString()}");
        var quiet = await events.NextAsync();
        Assert.Equal("as_of 2026-01-01T00:00:20.000000Z 1/14", $"{quiet!.Type} {quiet.Data.GetProperty("as_of").GetString()} {quiet.Data.GetProperty("as_of_lsn").GetString()}");
        Assert.Equal("as_of", (await events.NextAsync())!.Type);

        await world.PublishAsync(Row("paid", 0, 3, isFinal: true));
        StreamEvent? late;
        do
        {
            late = await events.NextAsync();
        }
        while (late!.Type == "as_of");
        Assert.Equal("upsert 3", $"{late.Type} {late.Data.GetProperty("streams_revision").GetInt64()}");
    }

    [RequiresKafkaFact]
    public async Task Given_an_id_that_is_too_old_or_of_another_table_Then_the_follower_is_told_to_begin_anew()
    {
        await using var world = await NewAsync(servers);
        await using var sink = await world.SinkAsync(Fast);
        await world.PublishAsync(Row("paid", 0, 1), Row("paid", 60, 2));
        await world.ProgressAsync(20);
        await world.AsOfAsync(20);
        string id;
        await using (var events = await EventReader.OpenAsync(sink, $"/v1/aggregates/{world.Name}/stream", null))
        {
            await events.NextAsync();
            id = (await events.NextAsync())!.Id;
        }

        await world.PublishAsync(Row("paid", 0, 3, isEmpty: true));
        await world.ProgressAsync(2 * 86_400);
        await Eventually.Async(async () => await world.RowsAsync("SELECT 1 FROM analytics.streams_table WHERE forgotten_change > 0") is [_], TimeSpan.FromSeconds(20), "the window is deleted");

        foreach (var old in new[] { id, "999.1", "nonsense" })
        {
            await using var events = await EventReader.OpenAsync(sink, $"/v1/aggregates/{world.Name}/stream", old);
            Assert.Equal("reset", (await events.NextAsync())!.Type);
            var row = await events.NextAsync();
            Assert.Equal("upsert 2", $"{row!.Type} {row.Data.GetProperty("streams_revision").GetInt64()}");
            Assert.Equal("as_of", (await events.NextAsync())!.Type);
        }
    }

    [RequiresKafkaFact]
    public async Task Given_too_many_followers_Then_the_next_is_refused_and_the_host_stops_without_waiting_for_them()
    {
        await using var world = await NewAsync(servers);
        var sink = await world.SinkAsync(Fast, "--Streams:AnalyticsSink:MaxStreams=1");
        await world.PublishAndWaitAsync(Row("paid", 0, 1));
        await using var events = await EventReader.OpenAsync(sink, $"/v1/aggregates/{world.Name}/stream", null);

        using (var refused = await sink.Client.GetAsync($"/v1/aggregates/{world.Name}/stream"))
        {
            Assert.Equal(503, (int)refused.StatusCode);
            Assert.Contains("STR5176", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var since = TimeProvider.System.GetTimestamp();
        var stopping = sink.DisposeAsync();
        while (await EndsAsync(events) is not null)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(8));
        }

        await stopping;
        Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(8));
    }

    private static async Task<StreamEvent?> EndsAsync(EventReader events)
    {
        try
        {
            return await events.NextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut off in the middle: an end too.
            return null;
        }
    }

    private static bool Same(Dictionary<string, long> held, Dictionary<string, long> expected) =>
        held.Count == expected.Count && held.All(row => expected.TryGetValue(row.Key, out var revision) && revision == row.Value);

    private static void Take(StreamEvent change, Dictionary<string, long> held, HashSet<string> versions)
    {
        if (change.Type == "as_of")
        {
            return;
        }

        var hour = (change.Data.GetProperty("window_start").GetDateTime() - DateTime.UnixEpoch.AddTicks(Start * 10)).Hours;
        var key = $"{change.Data.GetProperty("status").GetString()}/{hour}";
        var revision = change.Data.GetProperty("streams_revision").GetInt64();
        Assert.True(versions.Add($"{key}@{revision}"), $"{key}@{revision} came twice, the second time as {change.Id}");
        if (change.Type == "upsert")
        {
            held[key] = revision;
        }
        else
        {
            held.Remove(key);
        }
    }
}
