using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streams.Registry.Store;

namespace Streams.Registry.Http;

/// <summary><c>/schemas</c>: by id and by GUID.</summary>
internal static class SchemaEndpoints
{
    public static void MapSchemas(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Answer.Json(new { }));
        routes.MapGet("/schemas/types", () => Answer.Json(new[] { "AVRO" }));
        routes.MapGet("/schemas", All);
        routes.MapGet("/schemas/ids/{id:int}", (RegistryStore store, int id) => ById(store.State, id));
        routes.MapGet("/schemas/ids/{id:int}/schema", (RegistryStore store, int id) => Answer.Text(store.State.Schema(id).Text));
        routes.MapGet("/schemas/ids/{id:int}/subjects", (RegistryStore store, int id, bool deleted = false) =>
            Answer.Json(Uses(store.State, id, deleted).Select(schema => schema.Subject).Distinct()));
        routes.MapGet("/schemas/ids/{id:int}/versions", (RegistryStore store, int id, bool deleted = false) =>
            Answer.Json(Uses(store.State, id, deleted).Select(schema => new { subject = schema.Subject, version = schema.Version })));
        routes.MapGet("/schemas/guids/{guid}", (RegistryStore store, string guid) => ById(store.State, store.State.IdOf(guid)));
        routes.MapGet("/schemas/guids/{guid}/ids", (RegistryStore store, string guid) =>
            Answer.Json(new[] { new { context = ".", id = store.State.IdOf(guid) } }));
    }

    private static IResult All(RegistryStore store, string subjectPrefix = "", bool deleted = false, bool latestOnly = false) => Answer.Json(
        store.State.SubjectNames(subjectPrefix, deleted, deletedOnly: false)
            .SelectMany(subject => latestOnly ? store.State.Visible(subject, deleted).TakeLast(1) : store.State.Visible(subject, deleted))
            .Select(Answer.Of));

    private static IResult ById(RegistryState state, int id)
    {
        var content = state.Schema(id);
        return Answer.Json(new { id, guid = content.Guid, references = Answer.References(content), schema = content.Text, maxId = state.IdMax });
    }

    private static IEnumerable<SchemaVersion> Uses(RegistryState state, int id, bool deleted)
    {
        state.Schema(id);
        return state.UsesOf(id, deleted);
    }
}
