using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host;

/// <summary>
/// The analytics sink as a process: <c>streams run analytics-sink</c>. This version of <c>streams.yaml</c> refuses <c>aggregates:</c>, so there is
/// no topic to consume: the service holds its place in the stack and says whether its store is reachable.
/// </summary>
public static class AnalyticsSinkService
{
    /// <summary>Runs until stopped; see <see cref="StreamsHost.RunAsync"/> for the exit code.</summary>
    public static Task<int> RunAsync(string[] args) => StreamsHost.RunAsync("analytics-sink", args, builder =>
    {
        builder.Services.AddSingleton(provider =>
            NpgsqlDataSource.Create(provider.GetRequiredService<IOptions<PostgresOptions>>().Value.ConnectionString));
        builder.Services.AddSingleton<IReadinessCheck, StoreCheck>();
    });

    private sealed class StoreCheck(NpgsqlDataSource store) : IReadinessCheck
    {
        public string Name => "postgres";

        public async Task<string?> CheckAsync(CancellationToken cancellationToken)
        {
            await using var command = store.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }
    }
}
