using System.Text;
using System.Text.Json;
using Npgsql;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Core.Rules;

namespace Streams.Cli.Soak;

/// <summary>What was found in Redis at the end.</summary>
/// <param name="Checked">Cached values compared with Postgres.</param>
/// <param name="Stale">Keys whose value differs from its row.</param>
public sealed record SoakFindings(int Checked, IReadOnlyList<string> Stale);

/// <summary>
/// Compares every value that is in Redis with what SQL says now: a single value byte by byte with its rule's query, the rows of a list by version.
/// The keys come from the members of the families' tags, where every fill registers itself.
/// </summary>
internal sealed class SoakVerdict(StreamsDefinition definition, IDatabase redis, NpgsqlDataSource source)
{
    public async Task<SoakFindings> CheckAsync(CancellationToken cancellationToken)
    {
        var stale = new List<string>();
        var count = 0;
        var templates = definition.Rules
            .SelectMany(rule => rule.Keys.Concat(rule.Patterns).Select(template => (Rule: rule, Template: template)))
            .GroupBy(pair => pair.Template.Family, StringComparer.Ordinal);
        foreach (var family in templates)
        {
            var query = family.Select(pair => pair.Rule.Query).FirstOrDefault(sql => sql is not null);
            foreach (var member in await redis.SortedSetRangeByRankAsync(CacheKeys.Members(family.Key)))
            {
                if ((byte[]?)await redis.StringGetAsync((string)member!) is { } value)
                {
                    count++;
                    if (!await EqualsRowAsync((string)member!, value, query, cancellationToken))
                    {
                        stale.Add((string)member!);
                    }
                }
            }
        }

        return new SoakFindings(count, stale);
    }

    private async Task<bool> EqualsRowAsync(string key, byte[] value, string? query, CancellationToken cancellationToken)
    {
        if (ValueHeader.Read(value, out var start) is not { } header)
        {
            return false;
        }

        var payload = Encoding.UTF8.GetString(value, start, value.Length - start);
        return query is null
            ? await ListEqualsAsync(payload, cancellationToken)
            : await SingleAsync(query, long.Parse(key[(key.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture), cancellationToken)
                == (header.Exists ? payload : null);
    }

    private async Task<string?> SingleAsync(string query, long id, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(query);
        command.Parameters.AddWithValue("id", id);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    /// <summary>Every row that the list shows must be there in the version that it shows.</summary>
    private async Task<bool> ListEqualsAsync(string payload, CancellationToken cancellationToken)
    {
        if (payload.Length == 0)
        {
            return true;
        }

        using var body = JsonDocument.Parse(payload);
        if (!body.RootElement.TryGetProperty("items", out var items))
        {
            return true;
        }

        foreach (var item in items.EnumerateArray().Where(item => item.TryGetProperty("category_id", out _)))
        {
            await using var command = source.CreateCommand("SELECT version, category_id FROM product WHERE id = $1");
            command.Parameters.AddWithValue(item.GetProperty("id").GetInt64());
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken)
                || reader.GetInt64(0) != item.GetProperty("version").GetInt64()
                || reader.GetInt64(1) != item.GetProperty("category_id").GetInt64())
            {
                return false;
            }
        }

        return true;
    }
}
