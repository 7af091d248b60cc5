using Npgsql;
using Streams.AnalyticsSink.Storing;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>Privileges that others were given on a table or view: what replaces it has them too.</summary>
internal static class Grants
{
    private const string Sql = """
        SELECT format('GRANT %s ON %s TO %s', a.privilege_type, $2, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END)
        FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid = to_regclass($1) AND a.grantee <> c.relowner
        """;

    /// <summary>Statements that give the privileges on one relation to another.</summary>
    public static Task<List<string>> ReadAsync(NpgsqlConnection connection, string from, string to, CancellationToken cancellationToken) => connection.ListAsync(
        Sql, [TableSql.Qualified(from), TableSql.Qualified(to)], reader => reader.GetString(0), cancellationToken);

    /// <summary>Gives the privileges on one relation to another.</summary>
    public static async Task CopyAsync(NpgsqlConnection connection, string from, string to, CancellationToken cancellationToken) =>
        await RunAsync(connection, await ReadAsync(connection, from, to, cancellationToken), cancellationToken);

    /// <summary>Runs statements.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, List<string> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
        {
            await connection.RunAsync(statement, [], cancellationToken);
        }
    }
}
