namespace Streams.IngestApi.Http.Problems;

/// <summary><c>GET /problems/{code}</c>: the page that a problem's <c>type</c> points to.</summary>
internal static class ProblemPages
{
    public static string PathOf(ApiError error) => $"/problems/{error.Error.Code}";

    public static void MapProblemPages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/problems/{code}", Page).ExcludeFromDescription();

    private static IResult Page(string code)
    {
        if (!ApiErrors.All.TryGetValue(code, out var error))
        {
            throw ApiErrors.NoRoute.With($"There is no problem '{code}'.");
        }

        return Results.Text($"""
            {error.Error.Code} — {error.Error.Title}

            HTTP status {error.Status}, kind {error.Error.Kind.ToString().ToLowerInvariant()}.
            What to do: {error.Error.Remedy}.

            """);
    }
}
