using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Streams.AnalyticsSink.Describing;
using Streams.AnalyticsSink.Host.Http.Problems;
using Streams.AnalyticsSink.Host.Observing;
using Streams.AnalyticsSink.Shapes;
using Streams.Core.Aggregates;
using Streams.Hosting.Options;
using Streams.Schemas.Aggregates;

namespace Streams.AnalyticsSink.Host.Http.Description;

/// <summary>Documents about the API and the topics: <c>/asyncapi.yaml</c>, <c>/openapi/v1.json</c>, <c>/problems/{code}</c>.</summary>
internal static class DocumentEndpoints
{
    public static void MapDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json");
        routes.MapGet("/asyncapi.yaml", AsyncApiDocument).ExcludeFromDescription();
        routes.MapGet("/problems/{code}", Problem).ExcludeFromDescription();
    }

    /// <summary>What an aggregate's topics carry.</summary>
    public static IEnumerable<DescribedTopic> Describe(AggregatePlan plan)
    {
        var shape = AggregateShape.Of(plan);
        yield return DescribedTopic.Rows(shape, AggregateTopics.Output(plan.Name), AggregateSchema.Key(plan), AggregateSchema.Value(plan));
        if (plan.Window is not null)
        {
            yield return DescribedTopic.Late(shape, AggregateTopics.Late(plan.Name), AggregateTopics.LateRetention, LateSchema.Key(plan), LateSchema.Value(plan));
        }
    }

    private static IResult AsyncApiDocument(SinkStatus status, IOptions<KafkaOptions> kafka, IOptions<RegistryOptions> registry) => status.Prepared
        ? Results.Text(AsyncApi.Yaml(kafka.Value.BootstrapServers, registry.Value.Url, [.. status.Plans.SelectMany(Describe)]), "application/yaml; charset=utf-8")
        : throw ReadErrors.NotPrepared.With("The aggregates are not bound to their tables yet.");

    private static IResult Problem(string code)
    {
        var error = ReadErrors.All.FirstOrDefault(known => string.Equals(known.Error.Code, code, StringComparison.OrdinalIgnoreCase))
            ?? throw ReadErrors.NoRoute.With($"There is no problem '{code}'.");
        return Results.Text($"""
            {error.Error.Code} — {error.Error.Title}

            HTTP status {error.Status}, kind {error.Error.Kind.ToString().ToLowerInvariant()}.
            What to do: {error.Error.Remedy}.

            """);
    }
}
