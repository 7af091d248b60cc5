using Microsoft.Extensions.Logging;
using Npgsql;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Progress;
using Streams.Core.Errors;

namespace Streams.AnalyticsSink.Host.Loop;

/// <summary>What is done for tables beside writing rows.</summary>
internal sealed class Upkeep(TableKeeper keeper, NpgsqlDataSource store, SinkMetrics metrics, ILogger<Upkeep> logger)
{
    private readonly Dictionary<long, long> _promoted = [];

    /// <summary>Progress of a table was written: if it is of an epoch that is not served yet, that may be whole now.</summary>
    public async Task ProgressedAsync(StoreTable table, IReadOnlyList<ReachedProgress> progress, CancellationToken cancellationToken)
    {
        if (progress.Any(reached => !_promoted.TryGetValue(table.Id, out var epoch) || reached.Epoch > epoch))
        {
            await PromoteAsync(table, progress.Max(reached => reached.Epoch), cancellationToken);
        }
    }

    /// <summary>Everything that time asks for.</summary>
    public async Task RunAsync(IEnumerable<StoreTable> tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables)
        {
            await PromoteAsync(table, null, cancellationToken);
            await keeper.DropAsync(table, cancellationToken);
        }

        await MeasureAsync(cancellationToken);
    }

    private async Task PromoteAsync(StoreTable table, long? epoch, CancellationToken cancellationToken)
    {
        try
        {
            if (await keeper.PromoteAsync(table, cancellationToken) && epoch is { } newest)
            {
                _promoted[table.Id] = newest;
            }
        }
        catch (StreamsException exception) when (exception.Error == AnalyticsErrors.ViewInUse)
        {
            // The old table is served meanwhile, and writing goes on.
            Log.Down(logger, table.Shape.Name, exception.Message);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var served = await StoreGuard.RunAsync(async () =>
        {
            await using var connection = await store.OpenConnectionAsync(cancellationToken);
            return await connection.ListAsync(
                "SELECT aggregate, as_of FROM analytics.streams_aggregate WHERE as_of IS NOT NULL", [], reader => (Name: reader.GetString(0), AsOf: reader.GetDateTime(1)), cancellationToken);
        });
        served.ForEach(aggregate => metrics.ServedAsOf(aggregate.Name, aggregate.AsOf));
    }
}
