using System.Text.Json;
using System.Text.Json.Nodes;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Body;

/// <summary>JSON Merge Patch (RFC 7396).</summary>
internal static class MergePatch
{
    /// <summary>The current representation with the patch applied, to be checked like a replacement.</summary>
    public static JsonElement Apply(string current, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            throw ApiErrors.BadBody.With("A patch is an object.", [new FieldError("", "type", "Must be an object.")]);
        }

        try
        {
            var merged = Merge(JsonNode.Parse(current), patch)!;
            return JsonBody.Parse(JsonSerializer.SerializeToUtf8Bytes(merged));
        }
        catch (InvalidOperationException exception)
        {
            throw ApiErrors.MalformedJson.With("A name or text is not valid Unicode.", inner: exception);
        }
    }

    private static JsonNode? Merge(JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return patch.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(patch.GetRawText());
        }

        var result = target as JsonObject ?? [];
        foreach (var field in patch.EnumerateObject())
        {
            var merged = field.Value.ValueKind == JsonValueKind.Null ? null : Merge(result[field.Name]?.DeepClone(), field.Value);
            result.Remove(field.Name);
            if (merged is not null)
            {
                result[field.Name] = merged;
            }
        }

        return result;
    }
}
