using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Postgres;

namespace Streams.Cli.Aggregates;

/// <summary>What a verification found.</summary>
/// <param name="Compared">Groups that did not change while they were compared, and were.</param>
/// <param name="Rounds">How often SQL was asked.</param>
/// <param name="Undecided">Groups that changed every time.</param>
/// <param name="Differences">Groups whose row differs from SQL, described.</param>
internal sealed record Verification(int Compared, int Rounds, int Undecided, ImmutableArray<string> Differences);

/// <summary>
/// Compares an aggregate with SQL on a live system, exactly: rows are read, SQL is asked in one snapshot, then everything that committed before it is
/// waited for, and rows are read again. A group whose version is the same before and after has contained exactly what SQL saw. Groups that changed
/// are compared in the next round. Windows that are out of retain by the source's clock are not compared.
/// </summary>
internal sealed class AggregateVerifier(AggregatePlan plan, AggregateReading reading, AggregateTarget target, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Verifies.</summary>
    /// <param name="quiesce">Locks the table against writes meanwhile, so that one round decides every group.</param>
    /// <param name="rounds">At most so many rounds.</param>
    /// <param name="limit">How long one round may wait for the pipeline.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Verification> RunAsync(bool quiesce, int rounds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var decided = new Dictionary<string, (AggregateVersion Version, string? Difference)>();
        for (var round = 1; ; round++)
        {
            await reading.ReadAsync(cancellationToken);
            var before = reading.Versions;
            var sql = await CompareAsync(quiesce, limit, cancellationToken);
            var after = reading.Rows;
            var versions = reading.Versions;
            var undecided = 0;
            foreach (var key in versions.Keys.Union(sql.Rows.Keys))
            {
                if (sql.Rows.GetValueOrDefault(key)?.End < sql.RetainedFrom || after.GetValueOrDefault(key)?.WindowEnd < sql.RetainedFrom)
                {
                    continue;
                }

                // Under the lock nothing changed between the snapshot and the second reading.
                if (!quiesce && before.GetValueOrDefault(key).Equals(versions.GetValueOrDefault(key)) is false)
                {
                    undecided += decided.ContainsKey(key) ? 0 : 1;
                    continue;
                }

                // The stream may be ahead of what was visible to the snapshot: a difference counts when a later snapshot finds it again.
                var found = (versions.GetValueOrDefault(key), Difference(key, sql.Rows.GetValueOrDefault(key), after.GetValueOrDefault(key)));
                undecided += found.Item2 is null || decided.GetValueOrDefault(key) == found ? 0 : 1;
                decided[key] = found;
            }

            if (undecided == 0 || round == rounds)
            {
                return new Verification(decided.Count, round, undecided, [.. decided.Values.Select(one => one.Difference).OfType<string>()]);
            }
        }
    }

    /// <summary>Asks SQL, waits until all that it saw is contained, and reads again.</summary>
    private async Task<Answer> CompareAsync(bool quiesce, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var connection = await target.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await ExecuteAsync(connection, "SET LOCAL TIME ZONE 'UTC'", cancellationToken);
        if (quiesce)
        {
            await ExecuteAsync(connection, $"LOCK TABLE {AggregateSql.Table(plan)} IN SHARE MODE", cancellationToken);
        }

        var since = time.GetTimestamp();
        await WaitAsync(async () => await LiveAsync(cancellationToken) is not null, "an epoch is live");
        var rows = await SelectAsync(connection, cancellationToken);
        var clock = new SlotClock(target.Source, target.Slot);
        var seen = await clock.ReadAsync(cancellationToken);
        await WaitAsync(async () => (await clock.ReadAsync(cancellationToken)).Confirmed >= seen.Lsn, "the slot confirms");
        var ends = target.Ends(plan, (await LiveAsync(cancellationToken))!.Starts.Length);
        await WaitAsync(async () =>
        {
            await reading.ReadAsync(cancellationToken);
            // The epoch of now: one that a TRUNCATE has ended stands still, and another goes live.
            var progress = reading.Progress(plan.Name, (await LiveAsync(cancellationToken))?.Epoch ?? 0).Where(one => one.IsPublished).ToList();
            return progress.Count == plan.Definition.Partitions && progress.All(one => one.Raw.All(raw => raw.Position >= ends[raw.Partition]));
        }, "every partition contains it");
        await reading.ReadAsync(cancellationToken);
        return new Answer(rows, plan.Window?.Retain is { } retain
            ? (await clock.ReadAsync(cancellationToken)).Micros - (long)retain.TotalMicroseconds
            : long.MinValue);

        async Task WaitAsync(Func<Task<bool>> condition, string what)
        {
            while (!await condition())
            {
                if (time.GetElapsedTime(since) > limit)
                {
                    throw CliErrors.VerifyTimeout.With($"{plan.Name}: {what}, after {limit.TotalSeconds:0} s.");
                }

                await Task.Delay(Interval, time, cancellationToken);
            }
        }
    }

    private async Task<AggregateEpoch?> LiveAsync(CancellationToken cancellationToken) =>
        (await target.Epochs.ReadAsync(cancellationToken)).FirstOrDefault(one => one.Name == plan.Name && one.IsLive);

    private async Task<Dictionary<string, SqlRow>> SelectAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var keys = plan.Groups.Length + (plan.Window is null ? 0 : 1);
        await using var command = new NpgsqlCommand(AggregateSql.Select(plan), connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new Dictionary<string, SqlRow>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var texts = Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "\u0000" : reader.GetString(i)).ToArray();
            rows[string.Join("\u001f", texts.Take(keys).Select(Canonical))] = RowOf(texts, keys);
        }

        return rows;

        // As the row's group prints it: without zeros that the column's type does not ask for.
        string Canonical(string text, int i) => i < plan.Groups.Length && plan.Groups[i].Expression.Type is { Kind: SqlKind.Numeric } type && text != "\u0000"
            ? PgNumeric.Parse(text).Trimmed().AtLeast(type.Scale ?? 0).ToString()
            : text;
    }

    /// <summary>Of sessions the end follows the start; of other windows it follows from it.</summary>
    private SqlRow RowOf(string[] texts, int keys) => plan switch
    {
        { HasSessions: true } => new SqlRow(Number(texts[keys]), texts[(keys + 1)..]),
        { Window: { } window } => new SqlRow(Number(texts[keys - 1]) + (long)window.Size.TotalMicroseconds, texts[keys..]),
        _ => new SqlRow(null, texts[keys..]),
    };

    private string? Difference(string key, SqlRow? sql, AggregateRow? row)
    {
        var name = key.Replace('\u001f', '|').Replace("\u0000", "NULL", StringComparison.Ordinal);
        if (sql is null || row is null)
        {
            return sql is null && row is null ? null : $"{name}: SQL has {(sql is null ? "no row" : "a row")}, the aggregate has {(row is null ? "none" : "one")}";
        }

        if (sql.End != row.WindowEnd)
        {
            return $"{name}: window_end is {sql.End} in SQL and {row.WindowEnd} in the aggregate";
        }

        for (var i = 0; i < plan.Measures.Length; i++)
        {
            if (Text(plan.Measures[i], row.Measures[i]) is var ours && !Same(plan.Measures[i], sql.Measures[i], ours))
            {
                return $"{name}: {plan.Measures[i].Name} is {sql.Measures[i]} in SQL and {ours} in the aggregate";
            }
        }

        return null;
    }

    private static string Text(Measure measure, MeasureValue value) => measure.Kind == MeasureKind.Top
        ? JsonSerializer.Serialize(value.Top.Select(entry => new[] { entry.Value.ToText(), entry.Key }))
        : value.Value.ToText() ?? "\u0000";

    private static bool Same(Measure measure, string sql, string ours) => sql == ours
        || (measure.Kind is MeasureKind.Minimum or MeasureKind.Maximum && measure.Type.Kind == SqlKind.Numeric && sql != "\u0000" && ours != "\u0000" && PgNumeric.Parse(sql) == PgNumeric.Parse(ours))
        || (measure.Kind == MeasureKind.Top && JsonSerializer.Serialize(JsonSerializer.Deserialize<string?[][]>(sql)) == ours);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="Rows">By key.</param>
    /// <param name="RetainedFrom">Windows that ended before are out of retain: microseconds since 1970.</param>
    private sealed record Answer(Dictionary<string, SqlRow> Rows, long RetainedFrom);

    /// <param name="End">Of the window; null without windows.</param>
    /// <param name="Measures">Their texts.</param>
    private sealed record SqlRow(long? End, string[] Measures);
}
