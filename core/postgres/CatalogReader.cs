using System.Collections.Immutable;
using Npgsql;
using Streams.Core.Errors;
using Streams.Core.Rules;

namespace Streams.Postgres;

/// <summary>Reads what the database says about the captured tables, for <see cref="RuleAudit"/> and for the text form of columns.</summary>
/// <param name="source">Pool of connections; any role that may connect can read the catalogue.</param>
public sealed class CatalogReader(NpgsqlDataSource source)
{
    // Domains are resolved to their base type: it is what the change stream carries. A typmod of a domain's own is lost with it, so
    // numeric domains count as unconstrained unless the domain has one. numeric: ((precision << 16) | scale) + 4, scale in 11 bits with sign.
    private const string Sql = """
        WITH RECURSIVE wanted AS (
            SELECT c.oid, format('%s.%s', n.nspname, c.relname) AS name, c.relreplident = 'f' AS full_identity,
                   EXISTS (SELECT FROM pg_publication_tables p
                           WHERE p.pubname = $2 AND p.schemaname = n.nspname AND p.tablename = c.relname) AS published
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND format('%s.%s', n.nspname, c.relname) = ANY ($1)
        ), base AS (
            SELECT w.oid AS relation, a.attnum, a.attname, a.atttypid AS type, a.atttypmod AS typmod
            FROM wanted w JOIN pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
            UNION ALL
            SELECT b.relation, b.attnum, b.attname, t.typbasetype, CASE WHEN b.typmod >= 0 THEN b.typmod ELSE t.typtypmod END
            FROM base b JOIN pg_type t ON t.oid = b.type AND t.typtype = 'd'
        )
        SELECT w.name, w.full_identity, w.published, coalesce(NOT k.indimmediate, false), b.attname, t.typname,
               CASE WHEN b.typmod < 0 THEN NULL
                    WHEN t.typname = 'numeric' THEN (((b.typmod - 4) & 2047) # 1024) - 1024
                    WHEN t.typname IN ('timestamp', 'timestamptz', 'time', 'timetz') THEN b.typmod END,
               array_position(k.indkey::int2[], b.attnum)
        FROM wanted w
        JOIN base b ON b.relation = w.oid
        JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
        LEFT JOIN pg_index k ON k.indrelid = w.oid AND k.indisprimary
        ORDER BY w.name, b.attnum
        """;

    /// <summary>Reads the tables; those that do not exist are left out.</summary>
    /// <param name="publication">Publication that the connector uses.</param>
    /// <param name="tables">As <c>schema.table</c>, spelled as in the catalogue.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StreamsException">STR5001 and the other entries of <see cref="PostgresErrors"/>.</exception>
    public async Task<DatabaseCatalog> ReadAsync(string publication, IEnumerable<string> tables, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var command = new NpgsqlCommand(Sql, connection)
            {
                Parameters = { new() { Value = tables.Distinct(StringComparer.Ordinal).ToArray() }, new() { Value = publication } },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<Row>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(Read(reader));
            }

            return new DatabaseCatalog(publication, [.. rows.GroupBy(row => row.Table).Select(Table)]);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Classify(exception);
        }
    }

    private static Row Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetBoolean(1),
        reader.GetBoolean(2),
        reader.GetBoolean(3),
        new ColumnDescription(reader.GetString(4), reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetInt32(6)),
        reader.IsDBNull(7) ? null : reader.GetInt32(7));

    private static TableDescription Table(IGrouping<string, Row> columns)
    {
        var first = columns.First();
        ImmutableArray<string> key = [.. columns.Where(row => row.KeyPosition is not null).OrderBy(row => row.KeyPosition).Select(row => row.Column.Name)];
        return new TableDescription(columns.Key, [.. columns.Select(row => row.Column)], key, first.Deferrable, first.FullIdentity, first.Published);
    }

    private sealed record Row(string Table, bool FullIdentity, bool Published, bool Deferrable, ColumnDescription Column, int? KeyPosition);
}
