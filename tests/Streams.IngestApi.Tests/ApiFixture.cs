using Microsoft.AspNetCore.Builder;
using Npgsql;
using Streams.Fixtures;
using Streams.Postgres;

namespace Streams.IngestApi.Tests;

/// <summary>Postgres with the shop's schema, Redis, and the API over Kestrel on a free port. One for the assembly.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private readonly RedisFixture _redis = new();
    private ApiProcess? _api;

    /// <summary>The API's client.</summary>
    public HttpClient Client => Api.Client;

    /// <summary>The API.</summary>
    public ApiProcess Api => _api ?? throw new InvalidOperationException("The fixture has not started.");

    /// <summary>Redis of the API.</summary>
    public RedisFixture Redis => _redis;

    /// <summary>Connection string of the shop's database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The shop's database, as somebody writes to it past the API.</summary>
    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.InitializeAsync(), _redis.InitializeAsync());
        ConnectionString = await _postgres.CreateDatabaseAsync(Unique.Name("shop"));
        Database = NpgsqlDataSource.Create(ConnectionString);
        await StreamsMigrations.ApplyAsync(Database);
        await ShopMigrations.ApplyAsync(Database);
        _api = await StartAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        await Database.DisposeAsync();
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>Another API on the same stores, with settings of its own.</summary>
    public Task<ApiProcess> StartAsync(params string[] settings) => ApiProcess.StartAsync(
        [$"--Streams:Postgres:ConnectionString={ConnectionString}", $"--Streams:Redis:Configuration={_redis.Configuration}", .. settings]);

    /// <summary>Runs SQL past the API.</summary>
    public async Task<T> SqlAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

/// <summary>All classes share one set of servers; each test has rows of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    /// <summary>Name for the attribute.</summary>
    public const string Name = "api";
}

/// <summary>An API in this process, with its client.</summary>
public sealed class ApiProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiProcess(WebApplication app, Uri address)
    {
        (_app, Client) = (app, new HttpClient { BaseAddress = address });
    }

    /// <summary>Its client.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts one on a free port.</summary>
    public static async Task<ApiProcess> StartAsync(IReadOnlyList<string> settings)
    {
        var app = IngestApiService.Build(["--Streams:Http:Url=http://127.0.0.1:0", $"--Streams:File={RepositoryFile("streams.yaml")}", .. settings]);
        await app.StartAsync();
        return new ApiProcess(app, new Uri(app.Urls.Single()));
    }

    /// <summary>A file of the repository.</summary>
    public static string RepositoryFile(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Streams.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Streams.sln is in no folder above the tests.");
        }

        return Path.Combine(folder.FullName, path);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
