using Npgsql;
using Streams.Local.Servers;
using Streams.Postgres;
using Xunit;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>A private PostgreSQL; each test takes a database of its own.</summary>
public sealed class CachePostgres : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-cache-pg-").FullName;
    private int _databases;

    public PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = new PostgresServer(_folder);
        await Server.StartAsync();
    }

    /// <summary>A new empty database.</summary>
    public async Task<NpgsqlDataSource> DatabaseAsync()
    {
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        await using var admin = NpgsqlDataSource.Create(Server.ConnectionString());
        await admin.ExecuteAsync($"CREATE DATABASE {name}");
        return NpgsqlDataSource.Create(Server.ConnectionString(name));
    }

    /// <summary>A new database with the schema <c>streams</c> and a table <c>product</c>.</summary>
    public async Task<NpgsqlDataSource> MigratedDatabaseAsync()
    {
        var source = await DatabaseAsync();
        await StreamsMigrations.ApplyAsync(source);
        await source.ExecuteAsync("CREATE TABLE product (id bigint PRIMARY KEY, name text, category_id bigint)");
        return source;
    }

    public async Task DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
