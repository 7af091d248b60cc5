using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streams.Registry.Store;

namespace Streams.Registry.Http;

/// <summary><c>/compatibility</c>: what registration would say, without registering.</summary>
internal static class CompatibilityEndpoints
{
    public static void MapCompatibility(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/compatibility/subjects/{subject}/versions", WithAllAsync);
        routes.MapPost("/compatibility/subjects/{subject}/versions/{version}", WithOneAsync);
    }

    /// <summary>As registration does it: the subject's level says which versions count. A subject that is not there takes everything.</summary>
    private static async Task<IResult> WithAllAsync(HttpContext context, RegistryStore store, string subject, bool verbose = false, bool normalize = false)
    {
        var request = await Answer.BodyAsync<SchemaRequest>(context);
        var state = store.State;
        var name = Answer.Subject(subject);
        var versions = state.VersionsOf(name).Values.Where(schema => !schema.Deleted).ToList();
        return Verdict(CompatibilityCheck.Reasons(state, SchemaReader.Content(state, request, normalize), versions, state.LevelOf(name)), verbose);
    }

    private static async Task<IResult> WithOneAsync(
        HttpContext context, RegistryStore store, string subject, string version, bool verbose = false, bool normalize = false)
    {
        var request = await Answer.BodyAsync<SchemaRequest>(context);
        var state = store.State;
        var name = Answer.Subject(subject);
        var content = SchemaReader.Content(state, request, normalize);
        if (Queries.VersionNumber(version) is null && !state.VersionsOf(name).Values.Any(schema => !schema.Deleted))
        {
            return Verdict([], verbose);
        }

        return Verdict(CompatibilityCheck.Reasons(state, content, [state.Version(name, version, deleted: false)], state.LevelOf(name)), verbose);
    }

    private static IResult Verdict(IReadOnlyList<string> reasons, bool verbose) =>
        Answer.Json(new { is_compatible = reasons.Count == 0, messages = verbose && reasons.Count > 0 ? reasons : null });
}
