using System.Text.Encodings.Web;
using System.Text.Json;

namespace Streams.AnalyticsSink.Host.Http;

/// <summary>JSON of answers: names as columns are named.</summary>
internal static class HttpJson
{
    public static readonly JsonSerializerOptions Options = Create(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static JsonSerializerOptions Create(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        return options;
    }
}
