using Dapper;
using Streams.Cache.Reading;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Hosting.Options;
using Streams.IngestApi.Caching;
using Streams.IngestApi.Categories;
using Streams.IngestApi.Customers;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http;
using Streams.IngestApi.Http.Idempotency;
using Streams.IngestApi.Http.Limits;
using Streams.IngestApi.Http.Problems;
using Streams.IngestApi.Inventory;
using Streams.IngestApi.OpenApi;
using Streams.IngestApi.Orders;
using Streams.IngestApi.Payments;
using Streams.IngestApi.Products;
using Streams.IngestApi.Stores;

namespace Streams.IngestApi;

/// <summary>The API as a process: <c>streams run ingest-api</c>. It writes Postgres and nothing else; its reads go through the fenced cache.</summary>
public static class IngestApiService
{
    private const string Name = "ingest-api";

    /// <summary>Runs until stopped; see <see cref="StreamsHost.RunAsync"/> for the exit code.</summary>
    public static Task<int> RunAsync(string[] args) => StreamsHost.RunAsync(Name, args, Add, Map);

    /// <summary>The application, not started: for tests.</summary>
    public static WebApplication Build(string[] args) => StreamsHost.Build(Name, args, Add, Map);

    private static void Add(WebApplicationBuilder builder)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        builder.AddOptions<IngestApiOptions>(IngestApiOptions.Section).AddOptions<FencedCacheOptions>(FencedCacheOptions.Section);
        builder.WebHost.ConfigureKestrel((context, server) =>
        {
            var limits = context.Configuration.GetSection(IngestApiOptions.Section).Get<IngestApiOptions>() ?? new IngestApiOptions();
            server.AddServerHeader = false;
            // One byte more than the limit: the reader sees that there is too much and says so itself.
            server.Limits.MaxRequestBodySize = limits.MaxBodyBytes + 1L;
        });
        builder.Services.AddApiDocument();
        builder.Services
            .AddSingleton(Database.Create)
            .AddSingleton<Patience>()
            .AddSingleton<Writes>()
            .AddSingleton<Reads>()
            .AddSingleton<ReadRules>()
            .AddHostedService<IdempotencyPurge>()
            .AddSingleton<CacheConnection>()
            .AddHostedService(services => services.GetRequiredService<CacheConnection>())
            .AddSingleton<IReadinessCheck>(services => services.GetRequiredService<CacheConnection>())
            .AddSingleton<IReadinessCheck, PostgresCheck>();
    }

    private static void Map(WebApplication app)
    {
        app.UseMiddleware<RequestMetrics>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<RateLimitMiddleware>();
        app.UseMiddleware<ConcurrencyMiddleware>();
        app.UseMiddleware<DeadlineMiddleware>();
        app.MapApiDocument();
        app.MapProblemPages();
        app.MapCustomers();
        app.MapCategories();
        app.MapProducts();
        app.MapStores();
        app.MapInventory();
        app.MapOrders();
        app.MapPayments();
    }
}
