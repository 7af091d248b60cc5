using Streams.IngestApi.Http.Paging;

namespace Streams.IngestApi.Resources;

/// <summary>A column that clients write.</summary>
/// <param name="Name">Column and JSON field.</param>
/// <param name="Type">Postgres type.</param>
internal readonly record struct ResourceColumn(string Name, string Type);

/// <summary>
/// A table as a resource, and the statements on it, composed once. Rows come in as one JSON parameter, so one row and a batch are the same
/// statement. All text here is written by us; nothing of a request becomes SQL.
/// </summary>
internal sealed class ResourceTable
{
    /// <param name="name">Name in paths and cursors: <c>products</c>.</param>
    /// <param name="table"><c>schema.table</c>.</param>
    /// <param name="key">Key columns.</param>
    /// <param name="columns">Columns that clients write.</param>
    /// <param name="body">JSON expression of a row of alias <c>t</c>; composed of the columns if null.</param>
    public ResourceTable(string name, string table, IReadOnlyList<string> key, IReadOnlyList<ResourceColumn> columns, string? body = null)
    {
        (Name, Key, Body) = (name, key, body ?? BodyOf(key, columns));
        var names = string.Join(", ", columns.Select(column => column.Name));
        var typed = string.Join(", ", columns.Select(column => $"{column.Name} {column.Type}"));
        var keyIs = string.Join(" AND ", key.Select(column => $"t.{column} = @{column}::bigint"));
        var assignments = string.Join(", ", columns.Where(column => !key.Contains(column.Name)).Select(column => $"{column.Name} = r.{column.Name}"));
        var returning = $"RETURNING {Body}::text AS body, concat_ws('/', {string.Join(", ", key.Select(column => $"t.{column}"))}) AS path";

        InsertSql = $"""
            INSERT INTO {table} AS t ({names})
            SELECT {names} FROM ROWS FROM (json_to_recordset(@rows::json) AS ({typed})) WITH ORDINALITY AS r ({names}, position)
            ORDER BY position {returning}
            """;
        UpdateSql = $"UPDATE {table} AS t SET {assignments} FROM json_to_record(@row::json) AS r({typed}) WHERE {keyIs} {returning}";
        LockSql = $"SELECT {Body}::text AS body, t.version FROM {table} t WHERE {keyIs} FOR NO KEY UPDATE";
        DeleteSql = $"DELETE FROM {table} t WHERE {keyIs}";
        ReadSql = $"SELECT {Body}::text FROM {table} t WHERE {keyIs}";
        ListSql = $"WITH {PageSql.Rows(Body, table, key)} SELECT json_build_object({PageSql.Members(name, key)})::text";
    }

    /// <summary>Name in paths and cursors.</summary>
    public string Name { get; }

    /// <summary>Key columns.</summary>
    public IReadOnlyList<string> Key { get; }

    /// <summary>JSON expression of a row of alias <c>t</c>.</summary>
    public string Body { get; }

    /// <summary>Inserts @rows in order; returns body and path.</summary>
    public string InsertSql { get; }

    /// <summary>Replaces the writable columns by those of @row; returns body and path.</summary>
    public string UpdateSql { get; }

    /// <summary>Current body and version, locked against other writers.</summary>
    public string LockSql { get; }

    /// <summary>Deletes the row.</summary>
    public string DeleteSql { get; }

    /// <summary>Body of one row.</summary>
    public string ReadSql { get; }

    /// <summary>One page.</summary>
    public string ListSql { get; }

    /// <summary>A timestamp member in UTC whatever the session's zone is: the same row gives the same bytes everywhere.</summary>
    public static string Instant(string column) =>
        $"'{column}', to_char(t.{column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

    private static string BodyOf(IReadOnlyList<string> key, IReadOnlyList<ResourceColumn> columns)
    {
        var fields = key.Concat(["version"]).Concat(columns.Select(column => column.Name)).Distinct().Select(name => $"'{name}', t.{name}");
        return $"json_build_object({string.Join(", ", fields)}, {Instant("created_at")}, {Instant("updated_at")})";
    }
}
