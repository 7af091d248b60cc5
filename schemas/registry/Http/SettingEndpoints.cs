using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streams.Registry.Store;

namespace Streams.Registry.Http;

/// <summary><c>/config</c> and <c>/mode</c>, of a subject and of all.</summary>
internal static class SettingEndpoints
{
    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        foreach (var path in new[] { "/config", "/config/{subject}" })
        {
            routes.MapGet(path, Level);
            routes.MapPut(path, SetLevelAsync);
            routes.MapDelete(path, UnsetLevelAsync);
        }

        foreach (var path in new[] { "/mode", "/mode/{subject}" })
        {
            routes.MapGet(path, Mode);
            routes.MapPut(path, SetModeAsync);
            routes.MapDelete(path, UnsetModeAsync);
        }
    }

    private static IResult Level(RegistryStore store, string subject = "", bool defaultToGlobal = false)
    {
        var name = Answer.Subject(subject);
        return name.Length == 0 || defaultToGlobal || store.State.Levels.ContainsKey(name)
            ? Answer.Json(new { compatibilityLevel = store.State.LevelOf(name).ToString() })
            : throw RegistryException.NoLevel(name);
    }

    private static async Task<IResult> SetLevelAsync(HttpContext context, RegistryStore store, string subject = "")
    {
        var request = await Answer.BodyAsync<LevelRequest>(context);
        var level = Named<CompatibilityLevel>(request.Compatibility) ?? throw RegistryException.InvalidLevel();
        await store.WriteAsync(_ => Commands.SetLevel(Answer.Subject(subject), level), context.RequestAborted);
        return Answer.Json(new { compatibility = level.ToString() });
    }

    private static async Task<IResult> UnsetLevelAsync(HttpContext context, RegistryStore store, string subject = "")
    {
        var level = await store.WriteAsync(state => Commands.UnsetLevel(state, Answer.Subject(subject)), context.RequestAborted);
        return Answer.Json(new { compatibilityLevel = level.ToString() });
    }

    private static IResult Mode(RegistryStore store, string subject = "", bool defaultToGlobal = false)
    {
        var name = Answer.Subject(subject);
        return name.Length == 0 || defaultToGlobal || store.State.Modes.ContainsKey(name)
            ? Answer.Json(new { mode = store.State.ModeOf(name).ToString() })
            : throw RegistryException.NoMode(name);
    }

    private static async Task<IResult> SetModeAsync(HttpContext context, RegistryStore store, string subject = "", bool force = false)
    {
        var request = await Answer.BodyAsync<ModeRequest>(context);
        var mode = Named<RegistryMode>(request.Mode) ?? throw RegistryException.InvalidMode();
        await store.WriteAsync(state => Commands.SetMode(state, Answer.Subject(subject), mode, force), context.RequestAborted);
        return Answer.Json(new { mode = mode.ToString() });
    }

    private static async Task<IResult> UnsetModeAsync(HttpContext context, RegistryStore store, string subject = "")
    {
        var mode = await store.WriteAsync(state => Commands.UnsetMode(state, Answer.Subject(subject)), context.RequestAborted);
        return Answer.Json(new { mode = mode.ToString() });
    }

    /// <summary>A value by its name, in any case; a number is no name.</summary>
    private static T? Named<T>(string? name)
        where T : struct, Enum =>
        Enum.GetNames<T>().FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found ? Enum.Parse<T>(found) : null;

    private sealed record LevelRequest(string? Compatibility);

    private sealed record ModeRequest(string? Mode);
}
