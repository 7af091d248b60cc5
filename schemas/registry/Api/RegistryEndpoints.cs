using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streams.Registry.Store;

namespace Streams.Registry.Api;

/// <summary>The calls of Confluent's registry API that its clients and the usual consoles make; answers and error codes are theirs.</summary>
public static class RegistryEndpoints
{
    private const string MediaType = "application/vnd.schemaregistry.v1+json";

    /// <summary>Maps all of it.</summary>
    public static void MapRegistry(this WebApplication app)
    {
        var routes = app.MapGroup("").AddEndpointFilter(AnswerProblemsAsync);
        routes.MapGet("/", () => Answer(new { }));
        MapSubjects(routes);
        MapVersions(routes);
        MapSchemas(routes);
        MapConfiguration(routes);
    }

    private static void MapSubjects(RouteGroupBuilder routes)
    {
        routes.MapGet("/subjects", (SchemaRegistry registry, bool deleted = false) => Answer(registry.Read(state => state.Subjects(deleted).ToList())));
        routes.MapPost("/subjects/{subject}", async (SchemaRegistry registry, string subject, HttpRequest request, bool normalize = false, bool deleted = false) =>
        {
            var body = await BodyAsync<SchemaBody>(request);
            return Answer(registry.Read(state => Full(RegistryCommands.Find(state, subject, Text(body), Type(body), normalize, deleted))));
        });
        routes.MapDelete("/subjects/{subject}", async (SchemaRegistry registry, string subject, CancellationToken cancellationToken, bool permanent = false) =>
            Answer(await registry.ExecuteAsync(state => RegistryCommands.Delete(state, subject, null, permanent), cancellationToken)));
        routes.MapGet("/subjects/{subject}/metadata", (SchemaRegistry registry, string subject, bool deleted = false) =>
            Answer(registry.Read(state => Full(RegistryCommands.Version(state, subject, "latest", deleted)))));
    }

    private static void MapVersions(RouteGroupBuilder routes)
    {
        routes.MapGet("/subjects/{subject}/versions", (SchemaRegistry registry, string subject, bool deleted = false) =>
            Answer(registry.Read(state => RegistryCommands.Existing(state, subject, deleted).Select(entry => entry.Version).ToList())));
        routes.MapPost("/subjects/{subject}/versions", async (SchemaRegistry registry, string subject, HttpRequest request, CancellationToken cancellationToken, bool normalize = false) =>
        {
            var body = await BodyAsync<SchemaBody>(request);
            var entry = await registry.ExecuteAsync(state => RegistryCommands.Register(state, subject, Text(body), Type(body), normalize), cancellationToken);
            return Answer(Full(entry));
        });
        routes.MapGet("/subjects/{subject}/versions/{version}", (SchemaRegistry registry, string subject, string version, bool deleted = false) =>
            Answer(registry.Read(state => Full(RegistryCommands.Version(state, subject, version, deleted)))));
        routes.MapGet("/subjects/{subject}/versions/{version}/schema", (SchemaRegistry registry, string subject, string version, bool deleted = false) =>
            Results.Text(registry.Read(state => RegistryCommands.Version(state, subject, version, deleted).Text), MediaType));
        routes.MapDelete("/subjects/{subject}/versions/{version}", async (SchemaRegistry registry, string subject, string version, CancellationToken cancellationToken, bool permanent = false) =>
            Answer((await registry.ExecuteAsync(state => RegistryCommands.Delete(state, subject, version, permanent), cancellationToken))[0]));
        routes.MapPost("/compatibility/subjects/{subject}/versions/{version}", (SchemaRegistry registry, string subject, string version, HttpRequest request, bool verbose = false) =>
            TestAsync(registry, subject, version, request, verbose));
        routes.MapPost("/compatibility/subjects/{subject}/versions", (SchemaRegistry registry, string subject, HttpRequest request, bool verbose = false) =>
            TestAsync(registry, subject, null, request, verbose));
    }

    private static void MapSchemas(RouteGroupBuilder routes)
    {
        routes.MapGet("/schemas/types", () => Answer(new[] { "AVRO" }));
        routes.MapGet("/schemas/ids/{id:int}", (SchemaRegistry registry, int id) => Answer(Bare(ById(registry, id))));
        routes.MapGet("/schemas/ids/{id:int}/schema", (SchemaRegistry registry, int id) => Results.Text(ById(registry, id).Text, MediaType));
        routes.MapGet("/schemas/ids/{id:int}/versions", (SchemaRegistry registry, int id, bool deleted = false) =>
        {
            ById(registry, id);
            return Answer(registry.Read(state => state.Uses(id, deleted).Select(entry => new { subject = entry.Subject, version = entry.Version }).ToList()));
        });
        routes.MapGet("/schemas/ids/{id:int}/subjects", (SchemaRegistry registry, int id, bool deleted = false) =>
        {
            ById(registry, id);
            return Answer(registry.Read(state => state.Uses(id, deleted).Select(entry => entry.Subject).Distinct().ToList()));
        });
        routes.MapGet("/schemas/guids/{guid}", (SchemaRegistry registry, string guid) =>
            Answer(Bare((Guid.TryParse(guid, out var wanted) ? registry.Read(state => state.ByGuid(wanted)) : null) ?? throw RegistryProblem.SchemaNotFound())));
    }

    private static void MapConfiguration(RouteGroupBuilder routes)
    {
        foreach (var path in new[] { "/config", "/config/{subject}" })
        {
            routes.MapGet(path, (SchemaRegistry registry, string? subject) => Answer(new { compatibilityLevel = registry.Read(state => RegistryCommands.LevelOf(state, subject ?? "")) }));
            routes.MapPut(path, async (SchemaRegistry registry, HttpRequest request, CancellationToken cancellationToken, string? subject) =>
            {
                var level = (await BodyAsync<ConfigBody>(request)).Compatibility;
                return Answer(await registry.ExecuteAsync(
                    _ => (new { compatibility = level }, RegistryCommands.SetLevel(subject ?? "", level, remove: false)), cancellationToken));
            });
            routes.MapDelete(path, async (SchemaRegistry registry, CancellationToken cancellationToken, string? subject) => Answer(await registry.ExecuteAsync(
                state => (new { compatibility = RegistryCommands.LevelOf(state, subject ?? "") }, RegistryCommands.SetLevel(subject ?? "", null, remove: true)),
                cancellationToken)));
        }

        foreach (var path in new[] { "/mode", "/mode/{subject}" })
        {
            routes.MapGet(path, (SchemaRegistry registry, string? subject) => Answer(new { mode = registry.Read(state => state.Mode(subject ?? "") ?? state.Mode("") ?? "READWRITE") }));
            routes.MapPut(path, async (SchemaRegistry registry, HttpRequest request, CancellationToken cancellationToken, string? subject) =>
            {
                var mode = (await BodyAsync<ModeBody>(request)).Mode;
                return Answer(await registry.ExecuteAsync(_ => (new { mode }, RegistryCommands.SetMode(subject ?? "", mode)), cancellationToken));
            });
        }
    }

    private static async Task<IResult> TestAsync(SchemaRegistry registry, string subject, string? version, HttpRequest request, bool verbose)
    {
        var body = await BodyAsync<SchemaBody>(request);
        var problems = registry.Read(state => RegistryCommands.Test(state, subject, version, Text(body), Type(body)));
        return verbose
            ? Answer(new { is_compatible = problems.Count == 0, messages = problems })
            : Answer(new { is_compatible = problems.Count == 0 });
    }

    private static SchemaEntry ById(SchemaRegistry registry, int id) => registry.Read(state => state.ById(id)) ?? throw RegistryProblem.SchemaNotFound();

    private static object Full(SchemaEntry entry) =>
        new { subject = entry.Subject, version = entry.Version, id = entry.Id, guid = entry.Guid.ToString(), schemaType = entry.Type, schema = entry.Text };

    private static object Bare(SchemaEntry entry) => new { schema = entry.Text, schemaType = entry.Type, guid = entry.Guid.ToString() };

    private static string Text(SchemaBody body) => body.Schema ?? throw RegistryProblem.InvalidSchema("the body has no schema");

    private static string Type(SchemaBody body) => body.SchemaType ?? "AVRO";

    /// <summary>Clients send the vendor's media type, which the framework's binder does not take for JSON.</summary>
    private static async Task<T> BodyAsync<T>(HttpRequest request)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, cancellationToken: request.HttpContext.RequestAborted)
                ?? throw RegistryProblem.InvalidSchema("the body is null");
        }
        catch (JsonException exception)
        {
            throw new RegistryProblem(400, 400, $"Malformed JSON: {exception.Message}");
        }
    }

    private static IResult Answer(object body) => Results.Json(body, contentType: MediaType);

    private static async ValueTask<object?> AnswerProblemsAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RegistryProblem problem)
        {
            return Results.Json(new { error_code = problem.Code, message = problem.Message }, contentType: MediaType, statusCode: problem.Status);
        }
    }
}
