using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streams.Registry.Store;

namespace Streams.Registry.Http;

/// <summary><c>/subjects</c>: versions, registration, lookup, deletion.</summary>
internal static class SubjectEndpoints
{
    public static void MapSubjects(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/subjects", (RegistryStore store, string subjectPrefix = "", bool deleted = false, bool deletedOnly = false) =>
            Answer.Json(store.State.SubjectNames(subjectPrefix is ":*:" ? "" : subjectPrefix, deleted, deletedOnly)));
        routes.MapPost("/subjects/{subject}", LookupAsync);
        routes.MapDelete("/subjects/{subject}", DeleteSubjectAsync);
        routes.MapGet("/subjects/{subject}/metadata", (RegistryStore store, string subject) =>
            Answer.Json(Answer.Of(store.State.Version(Answer.Subject(subject), "latest", deleted: false))));
        routes.MapGet("/subjects/{subject}/versions", (RegistryStore store, string subject, bool deleted = false) =>
            Answer.Json(store.State.Visible(Answer.Subject(subject), deleted).Select(schema => schema.Version)));
        routes.MapPost("/subjects/{subject}/versions", RegisterAsync);
        routes.MapGet("/subjects/{subject}/versions/{version}", (RegistryStore store, string subject, string version, bool deleted = false) =>
            Answer.Json(Answer.Of(store.State.Version(Answer.Subject(subject), version, deleted))));
        routes.MapGet("/subjects/{subject}/versions/{version}/schema", (RegistryStore store, string subject, string version, bool deleted = false) =>
            Answer.Text(store.State.Version(Answer.Subject(subject), version, deleted).Content.Text));
        routes.MapGet("/subjects/{subject}/versions/{version}/referencedby", ReferencedBy);
        routes.MapDelete("/subjects/{subject}/versions/{version}", DeleteVersionAsync);
    }

    private static async Task<IResult> LookupAsync(HttpContext context, RegistryStore store, string subject, bool normalize = false, bool deleted = false)
    {
        var request = await Answer.BodyAsync<SchemaRequest>(context);
        return Answer.Json(Answer.Of(store.State.Lookup(Answer.Subject(subject), request, normalize, deleted)));
    }

    private static async Task<IResult> RegisterAsync(HttpContext context, RegistryStore store, string subject, bool normalize = false)
    {
        var request = await Answer.BodyAsync<SchemaRequest>(context);
        var schema = await store.WriteAsync(state => Commands.Register(state, Answer.Subject(subject), request, normalize), context.RequestAborted);
        return Answer.Json(new { id = schema.Id, version = schema.Version, guid = schema.Content.Guid });
    }

    private static async Task<IResult> DeleteSubjectAsync(HttpContext context, RegistryStore store, string subject, bool permanent = false) =>
        Answer.Json(await store.WriteAsync(state => Commands.DeleteSubject(state, Answer.Subject(subject), permanent), context.RequestAborted));

    private static async Task<IResult> DeleteVersionAsync(HttpContext context, RegistryStore store, string subject, string version, bool permanent = false) =>
        Answer.Json(await store.WriteAsync(state => Commands.DeleteVersion(state, Answer.Subject(subject), version, permanent), context.RequestAborted));

    private static IResult ReferencedBy(RegistryStore store, string subject, string version)
    {
        var schema = store.State.Version(Answer.Subject(subject), version, deleted: false);
        return Answer.Json(store.State.ReferrersOf(schema.Subject, schema.Version).Select(referrer => referrer.Id));
    }
}
