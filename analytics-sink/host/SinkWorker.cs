using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Shapes;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Hosting;
using Streams.Postgres;

namespace Streams.AnalyticsSink.Host;

/// <summary>Prepares the tables, then keeps the sink running: a consumer that gave up is built anew; what restarting does not mend stops the host.</summary>
internal sealed class SinkWorker(
    StreamsDefinition definition, CatalogReader catalog, TableMaker maker, IServiceProvider services, Outages outages, SinkStatus status, HostFailure failure,
    TimeProvider time, ILogger<SinkWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The loop blocks in the consumer: it must not keep the host from starting.
        await Task.Yield();
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // An ordinary stop: what was written is in Postgres.
            status.Partitions = [];
        }
        catch (Exception exception)
        {
            failure.Stop(exception);
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        if (definition.Aggregates.IsEmpty)
        {
            (status.Prepared, status.Joined) = (true, true);
            return;
        }

        var aggregates = await PatientAsync(() => PrepareAsync(stop), stop);
        status.Plans = [.. aggregates.Select(aggregate => aggregate.Plan)];
        status.Prepared = true;
        Log.Writing(logger, string.Join(", ", aggregates.Select(aggregate => aggregate.Plan.Name)));
        while (!stop.IsCancellationRequested)
        {
            await PatientAsync(
                async () =>
                {
                    using var assembly = new SinkAssembly(services, aggregates);
                    await assembly.RunAsync(stop);
                    return true;
                },
                stop);
        }
    }

    private async Task<List<(AggregatePlan Plan, StoreTable Table)>> PrepareAsync(CancellationToken stop)
    {
        // Binding does not ask whether a table is published: the processors do.
        var tables = await catalog.ReadAsync("", definition.Aggregates.Select(aggregate => aggregate.Table), stop);
        var plans = AggregateBinder.Bind(definition, tables);
        await maker.MigrateAsync(stop);
        var prepared = new List<(AggregatePlan, StoreTable)>();
        foreach (var plan in plans)
        {
            prepared.Add((plan, await maker.EnsureAsync(AggregateShape.Of(plan), stop)));
        }

        outages.Up(Dependency.Postgres);
        return prepared;
    }

    /// <summary>Tries again what fails for a passing reason.</summary>
    private async Task<T> PatientAsync<T>(Func<Task<T>> work, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Transient)
            {
                outages.Down(exception);
                await Task.Delay(Pause, time, stop);
            }
        }
    }
}
