using DotNet.Testcontainers.Containers;
using Npgsql;
using Streams.Local.Servers;

namespace Testcontainers.PostgreSql;

/// <summary>A private PostgreSQL.</summary>
public sealed class PostgreSqlContainer : DockerContainer
{
    private readonly PostgresServer _server;
    private readonly string _database;

    private PostgreSqlContainer(PostgresServer[] made, string database, Func<string, PostgresServer> create)
        : base("streams-postgres-", folder => made[0] = create(folder)) => (_server, _database) = (made[0], database);

    internal static PostgreSqlContainer Create(string database, Func<string, PostgresServer> create) => new(new PostgresServer[1], database, create);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken ct = default)
    {
        await base.StartAsync(ct);
        await _server.CreateDatabaseAsync(_database, ct);
    }

    /// <summary>ADO.NET connection string of the database.</summary>
    public string GetConnectionString() => new NpgsqlConnectionStringBuilder(_server.ConnectionString(_database)).ConnectionString;
}
