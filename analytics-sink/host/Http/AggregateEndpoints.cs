using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.AnalyticsSink.Describing;
using Streams.AnalyticsSink.Host.Http.Changes;
using Streams.AnalyticsSink.Host.Http.Description;
using Streams.AnalyticsSink.Host.Http.Problems;
using Streams.AnalyticsSink.Host.Http.Rows;
using Streams.AnalyticsSink.Host.Store;
using Streams.AnalyticsSink.Reading;
using Streams.AnalyticsSink.Storing;
using Streams.Core.Aggregates;
using Streams.Core.Rules;
using Streams.Hosting.Options;

namespace Streams.AnalyticsSink.Host.Http;

/// <summary>The aggregates over HTTP.</summary>
internal sealed class AggregateEndpoints(
    StreamsDefinition definition, ReadStore store, RequestLimits limits, IOptions<AnalyticsSinkOptions> options, IOptions<KafkaOptions> kafka,
    IOptions<RegistryOptions> registry, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const int RowsCounted = 100_000, SampleRows = 10;

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/aggregates").WithTags("aggregates");
        group.MapGet("", (Delegate)ListAsync).WithSummary("List the aggregates").Produces<AggregateList>();
        group.MapGet("/{name}", RowsAsync).WithSummary("Read rows of an aggregate").WithMetadata(EndpointKind.Rows);
        group.MapGet("/{name}/stream", StreamAsync).WithSummary("Follow the changes of an aggregate").WithMetadata(EndpointKind.Stream);
        group.MapGet("/{name}/docs", DocsAsync).WithSummary("Read about an aggregate").Produces<string>(contentType: "text/html");
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        using var entered = limits.Request();
        var stop = context.RequestAborted;
        return await store.ReadAsync(
            async connection =>
            {
                var tables = definition.Aggregates.IsEmpty ? [] : await ReadStore.ServedAsync(connection, definition.Aggregates.Select(aggregate => aggregate.Name), stop);
                var summaries = new List<AggregateSummary>();
                foreach (var table in tables)
                {
                    summaries.Add(AggregateSummary.Of(table, await CountAsync(connection, table, stop), RowsCounted));
                }

                // Instants in this form sort as texts; positions do not.
                var least = tables.Exists(table => table.AsOf is null) ? null : tables.MinBy(table => table.AsOf, StringComparer.Ordinal);
                context.Response.Headers[ServedTable.AsOfHeader] = least?.AsOf ?? ServedTable.Unknown;
                context.Response.Headers[ServedTable.AsOfLsnHeader] = least?.AsOfLsn ?? ServedTable.Unknown;
                return Results.Json(new AggregateList(summaries, least?.AsOf, least?.AsOfLsn), HttpJson.Options);
            },
            stop);
    }

    private async Task RowsAsync(string name, HttpContext context)
    {
        using var entered = limits.Request();
        var query = AggregateQuery.Parse(context.Request);
        await OnTableAsync(name, context, async (connection, table) => await new RowsAnswer(connection, table, query, context).WriteAsync());
    }

    private async Task StreamAsync(string name, HttpContext context)
    {
        using var entered = limits.Stream();
        Require(name);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await new ChangeStream(store, name, options.Value, time, context).RunAsync(ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client comes back with its Last-Event-ID, here or to another instance.
            await context.Response.CompleteAsync();
        }
    }

    private async Task DocsAsync(string name, HttpContext context)
    {
        using var entered = limits.Request();
        await OnTableAsync(name, context, async (connection, table) =>
        {
            var sample = new List<string?[]>();
            await foreach (var row in ReadStore.TextsAsync(connection, RowSql.Page(table.Shape, new RowFilter([], null, null, null), null, SampleRows), context.RequestAborted))
            {
                sample.Add(row);
            }

            var about = new DocsContext(
                AggregateTopics.Output(name), AggregateTopics.Late(name), $"{context.Request.Scheme}://{context.Request.Host}", kafka.Value.BootstrapServers, registry.Value.Url, table.AsOf, table.AsOfLsn, sample);
            table.WriteHeaders(context.Response);
            context.Response.ContentType = "text/html; charset=utf-8";
            await context.Response.WriteAsync(DocsPage.Html(table.Shape, about), context.RequestAborted);
        });
    }

    private Task<bool> OnTableAsync(string name, HttpContext context, Func<NpgsqlConnection, ServedTable, Task> answer)
    {
        Require(name);
        return store.ReadAsync(
            async connection =>
            {
                var table = (await ReadStore.ServedAsync(connection, [name], context.RequestAborted)).FirstOrDefault() ?? throw ReadErrors.NotPrepared.With(name);
                await answer(connection, table);
                return true;
            },
            context.RequestAborted);
    }

    private void Require(string name)
    {
        if (definition.Aggregates.All(aggregate => aggregate.Name != name))
        {
            throw ReadErrors.UnknownAggregate.With($"'{name}' is not declared in streams.yaml.");
        }
    }

    /// <summary>A large table is not counted to its end.</summary>
    private static async Task<long> CountAsync(NpgsqlConnection connection, ServedTable table, CancellationToken stop) => (long)(await connection.ScalarAsync(
        $"SELECT count(*) FROM (SELECT FROM {TableSql.Qualified(table.Shape.Name)} LIMIT {RowsCounted}) counted", [], stop))!;
}

/// <summary>What an endpoint gives, for its description.</summary>
internal enum EndpointKind
{
    Rows,
    Stream,
}
