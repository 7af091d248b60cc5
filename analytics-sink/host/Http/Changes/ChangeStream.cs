using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Streams.AnalyticsSink.Host.Http.Problems;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Reading;

namespace Streams.AnalyticsSink.Host.Http.Changes;

/// <summary>
/// Changes of an aggregate as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): <c>upsert</c> and <c>delete</c>
/// of rows, <c>as_of</c> when it moves or nothing else is to be said, <c>reset</c> when the follower has to forget what he has. The id of an event is
/// what was seen with it. Changes are numbered in the order in which they become visible (see <c>analytics.streams_table</c>), and both the number
/// of the last one and the rows are read from one snapshot, so that nothing can appear later below an id that was given out.
/// </summary>
internal sealed class ChangeStream(ReadStore store, string aggregate, AnalyticsSinkOptions options, TimeProvider time, HttpContext context)
{
    private const int ChunkRows = 1_000;

    private readonly IReadOnlyDictionary<string, string[]> _parameters = AggregateQuery.ParametersOf(context.Request);
    private ChangeFollower? _follower;
    private bool _asksToResume;
    private string? _told;
    private long _toldAt;

    /// <summary>Runs until the client goes or the host stops.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Resume();
        var first = await LookAsync(stop);
        first.Table.WriteHeaders(context.Response);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.WriteAsync("retry: 1000\n\n", stop);
        for (var look = first; ; look = await LookAsync(stop))
        {
            await TellAsync(look, stop);
            if (!look.IsFull)
            {
                await Task.Delay(options.StreamInterval, time, stop);
            }
        }
    }

    private void Resume()
    {
        var id = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? context.Request.Query["last_event_id"].FirstOrDefault();
        _asksToResume = id is not null;
        if (id is not null && ChangePosition.Parse(id) is { } position)
        {
            _follower = new ChangeFollower(position, 0);
        }
    }

    /// <summary>What has changed since the last look, from one snapshot.</summary>
    private Task<Look> LookAsync(CancellationToken stop) => store.ReadAsync(
        async connection =>
        {
            var table = (await ReadStore.ServedAsync(connection, [aggregate], stop)).FirstOrDefault() ?? throw ReadErrors.NotPrepared.With(aggregate);
            var filter = AggregateQuery.FilterOf(table.Shape, _parameters);
            var isReset = _follower?.IsTooOld(table.Limits) ?? _asksToResume;
            var follower = isReset || _follower is null ? ChangeFollower.FromStart(table.Limits) : _follower.Value;
            var statement = RowSql.Changes(table.Shape, table.Relation, filter, follower.Position.Change, ChunkRows);
            var changes = await connection.ListAsync(
                statement.Sql,
                [.. statement.Parameters],
                reader => new Change(reader.GetInt64(0), reader.GetBoolean(1), [.. Enumerable.Range(2, reader.FieldCount - 2).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i))]),
                stop);
            return new Look(table, isReset, follower, changes);
        },
        stop);

    private async Task TellAsync(Look look, CancellationToken stop)
    {
        _asksToResume = false;
        var text = new StringBuilder();
        var follower = look.Follower;
        if (look.IsReset)
        {
            Append(text, "reset", follower.Position, """{"reason":"Changes since this id are not kept any more, or the aggregate was redefined: forget what you have, every row follows."}""");
        }

        // One who begins has nothing that could be deleted.
        var isBeginning = follower.Position.Change == 0;
        foreach (var change in look.Changes.Where(change => !change.IsEmpty || !isBeginning))
        {
            follower = follower.At(change.Number);
            Append(text, change.IsEmpty ? "delete" : "upsert", follower.Position, Data(look.Table, change));
        }

        _follower = follower = follower.At(look.IsFull ? look.Changes[^1].Number : look.Table.Limits.Last);
        if (!look.IsFull && (_told != look.Table.AsOf || time.GetElapsedTime(_toldAt) >= options.Heartbeat))
        {
            Append(text, "as_of", follower.Position, JsonSerializer.Serialize(new { as_of = look.Table.AsOf, as_of_lsn = look.Table.AsOfLsn }));
            (_told, _toldAt) = (look.Table.AsOf, time.GetTimestamp());
        }

        if (text.Length > 0)
        {
            await context.Response.WriteAsync(text.ToString(), stop);
            await context.Response.Body.FlushAsync(stop);
        }
    }

    private static void Append(StringBuilder text, string type, ChangePosition position, string data) =>
        text.Append(CultureInfo.InvariantCulture, $"event: {type}\nid: {position}\ndata: {data}\n\n");

    /// <summary>The row; of one that is gone its key and version.</summary>
    private static string Data(ServedTable table, Change change)
    {
        var columns = table.Shape.Columns.Select((column, index) => (column, index))
            .Where(at => !change.IsEmpty || at.column.Role is not Shapes.ColumnRole.Measure).ToList();
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            RowText.WriteJson(json, [.. columns.Select(at => at.column)], [.. columns.Select(at => change.Texts[at.index])]);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private sealed record Change(long Number, bool IsEmpty, string?[] Texts);

    private sealed record Look(ServedTable Table, bool IsReset, ChangeFollower Follower, List<Change> Changes)
    {
        public bool IsFull => Changes.Count == ChunkRows;
    }
}
