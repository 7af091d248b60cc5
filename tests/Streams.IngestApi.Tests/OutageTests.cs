using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Streams.Fixtures;
using Streams.Local.Servers;
using Streams.Postgres;

namespace Streams.IngestApi.Tests;

/// <summary>Stores that are away: a coded 503 with Retry-After and never a hang; without Redis nothing but slower.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-outage-").FullName;
    private readonly PostgresServer _postgres;
    private readonly RedisServer _redis;

    public OutageTests()
    {
        if (!OperatingSystem.IsWindows())
        {
            // The server's account must be able to enter.
            File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        }

        _postgres = new PostgresServer(Path.Combine(_folder, "postgres"));
        _redis = new RedisServer(Path.Combine(_folder, "redis"));
    }

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_postgres.StartAsync(), _redis.StartAsync());
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString());
        await StreamsMigrations.ApplyAsync(source);
        await ShopMigrations.ApplyAsync(source);
    }

    public async Task DisposeAsync()
    {
        await _postgres.DisposeAsync();
        await _redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Given_no_Postgres_at_start_When_asked_Then_503_at_once_and_not_ready_but_alive()
    {
        await using var api = await StartAsync($"--Streams:Postgres:ConnectionString=Host=127.0.0.1;Port={FreePort()};Username=u;Database=d");
        foreach (var path in new[] { "/v1/products/1", "/v1/products", "/v1/customers" })
        {
            await ExpectUnavailableAsync(await api.Client.GetAsync(path), "STR5150");
        }

        await ExpectUnavailableAsync(await api.Client.PostAsync("/v1/categories", """{"name":"c"}"""), "STR5150");
        var ready = await api.Client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("postgres", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await api.Client.GetAsync("/livez")).StatusCode);
    }

    [Fact]
    public async Task Given_a_wrong_password_or_no_tables_When_asked_Then_the_problem_says_so()
    {
        var wrong = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString()) { Password = "wrong" };
        await using var refused = await StartAsync($"--Streams:Postgres:ConnectionString={wrong.ConnectionString}");
        await ExpectUnavailableAsync(await refused.Client.GetAsync("/v1/products"), "STR5155");
        await _postgres.CreateDatabaseAsync("empty");
        await using var empty = await StartAsync($"--Streams:Postgres:ConnectionString={_postgres.ConnectionString("empty")}");
        await ExpectUnavailableAsync(await empty.Client.GetAsync("/v1/products"), "STR5153");
        Assert.Contains("streams apply", await (await empty.Client.GetAsync("/readyz")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_Postgres_is_killed_in_flight_When_it_is_back_Then_the_same_API_goes_on()
    {
        await using var api = await StartAsync();
        await new Shop(api.Client).CategoryAsync();
        await _postgres.KillAsync();
        await ExpectUnavailableAsync(await api.Client.PostAsync("/v1/categories", """{"name":"c"}"""), "STR5150");
        await ExpectUnavailableAsync(await api.Client.GetAsync("/v1/products/1"), "STR5150");
        await _postgres.StartAsync();
        await Eventually.Async(
            async () => (await api.Client.PostAsync("/v1/categories", """{"name":"c"}""")).StatusCode == HttpStatusCode.Created,
            TimeSpan.FromSeconds(20),
            "the API writes again");
    }

    [Fact]
    public async Task Given_Postgres_hangs_When_asked_Then_503_within_the_deadline()
    {
        await using var api = await StartHastyAsync();
        await SignalAsync("STOP");
        try
        {
            var clock = Stopwatch.StartNew();
            await ExpectUnavailableAsync(await api.Client.GetAsync("/v1/products"), "STR5142");
            await ExpectUnavailableAsync(await api.Client.PostAsync("/v1/categories", """{"name":"c"}"""), "STR5142");
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4), clock.Elapsed.ToString());
        }
        finally
        {
            await SignalAsync("CONT");
        }
    }

    [Fact]
    public async Task Given_a_commit_that_waits_for_a_standby_When_the_deadline_passes_Then_the_outcome_is_said_to_be_unknown()
    {
        await using var api = await StartHastyAsync();
        var key = Unique.Name("key");
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString());
        await using (await AbsentStandby.RequireAsync(source))
        {
            await ExpectUnavailableAsync(await api.Client.PostAsync("/v1/categories", """{"name":"hung"}""", ("Idempotency-Key", key)), "STR5151");
        }

        // The remedy that the problem names: the same key gives the answer of what was committed.
        await Eventually.Async(
            async () => (await api.Client.PostAsync("/v1/categories", """{"name":"hung"}""", ("Idempotency-Key", key))).StatusCode == HttpStatusCode.Created,
            TimeSpan.FromSeconds(10),
            "the repetition is answered");
        Assert.Equal("1", await ScalarAsync("SELECT count(*)::text FROM public.category WHERE name = 'hung'"));
    }

    [Theory]
    [InlineData(3, 201)]
    [InlineData(1000, 503)]
    public async Task Given_serialization_failures_When_written_Then_it_is_tried_again_within_bounds(int failures, int status)
    {
        await SqlAsync($"""
            CREATE SEQUENCE failures;
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF nextval('failures') <= {failures} THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER fail BEFORE INSERT ON public.category FOR EACH ROW EXECUTE FUNCTION fail();
            """);
        await using var api = await StartAsync();
        var answer = await api.Client.PostAsync("/v1/categories", """{"name":"c"}""");
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 503)
        {
            await ExpectUnavailableAsync(answer, "STR5152");
            Assert.Equal("4", await ScalarAsync("SELECT last_value::text FROM failures"));
        }
    }

    [Fact]
    public async Task Given_no_Redis_at_start_or_in_flight_When_read_Then_the_primary_answers()
    {
        await using var without = await StartAsync($"--Streams:Redis:Configuration=127.0.0.1:{FreePort()}");
        await using var api = await StartAsync();
        var product = await new Shop(api.Client).ProductAsync(await new Shop(api.Client).CategoryAsync());
        await ExpectBypassAsync(without, product);
        Assert.Contains("degraded", await (await without.Client.GetAsync("/readyz")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await _redis.KillAsync();
        await ExpectBypassAsync(api, product);
        await Eventually.Async(
            async () => (await api.Client.GetStringAsync("/readyz")).Contains("degraded", StringComparison.Ordinal), TimeSpan.FromSeconds(10), "degraded");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++)
        {
            await ExpectBypassAsync(api, product);
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"50 reads without Redis took {clock.Elapsed}");
    }

    [Fact]
    public async Task Given_settings_that_cannot_work_When_started_Then_a_coded_error()
    {
        Assert.Equal(78, await IngestApiService.RunAsync([.. Settings(), "--Streams:Redis:Configuration=127.0.0.1:6379,noSuchSetting=1"]));
        Assert.Equal(78, await IngestApiService.RunAsync([.. Settings(), "--Streams:IngestApi:MaxBodyBytes=1"]));
        var file = Path.Combine(_folder, "streams.yaml");
        await File.WriteAllTextAsync(file, "source: { prefix: shop, tables: [public.product] }\ncache: { rules: [] }\n");
        Assert.Equal(78, await IngestApiService.RunAsync([.. Settings(), $"--Streams:File={file}"]));
    }

    private static async Task ExpectBypassAsync(ApiProcess api, long product)
    {
        var answer = await api.Client.GetAsync($"/v1/products/{product}");
        await answer.ExpectAsync(HttpStatusCode.OK);
        Assert.StartsWith("streams; fwd=bypass", answer.Header("Cache-Status"), StringComparison.Ordinal);
    }

    private static async Task ExpectUnavailableAsync(HttpResponseMessage response, string code)
    {
        await response.ExpectProblemAsync(503, code);
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private string[] Settings() =>
    [
        "--Streams:Http:Url=http://127.0.0.1:0",
        $"--Streams:File={ApiProcess.RepositoryFile("streams.yaml")}",
        $"--Streams:Postgres:ConnectionString={_postgres.ConnectionString()}",
        $"--Streams:Redis:Configuration={_redis.Configuration}",
    ];

    private Task<ApiProcess> StartAsync(params string[] settings) => ApiProcess.StartAsync([.. Settings(), .. settings]);

    /// <summary>With a deadline of a second, in which it has done a write: code and connections that are cold are not what is tested.</summary>
    private async Task<ApiProcess> StartHastyAsync()
    {
        var api = await StartAsync("--Streams:IngestApi:Deadline=00:00:01");
        await Eventually.Async(
            async () => (await api.Client.PostAsync("/v1/categories", """{"name":"c"}""")).StatusCode == HttpStatusCode.Created,
            TimeSpan.FromSeconds(20),
            "a write is done within the deadline");
        return api;
    }

    private async Task SignalAsync(string signal)
    {
        // The postmaster and every process of it: those that hold connections are the ones that must hang.
        using var children = Process.Start(new ProcessStartInfo("pgrep", ["-P", $"{_postgres.Pid}"]) { RedirectStandardOutput = true })!;
        var ids = (await children.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var kill = Process.Start("kill", [$"-{signal}", $"{_postgres.Pid}", .. ids]);
        await kill.WaitForExitAsync();
    }

    private async Task SqlAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString());
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<string> ScalarAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString());
        await using var command = source.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
