using System.Text.Json.Serialization;

namespace Streams.Registry.Api;

/// <summary>A schema as clients send it.</summary>
public sealed record SchemaBody(
    [property: JsonPropertyName("schema")] string? Schema, [property: JsonPropertyName("schemaType")] string? SchemaType);

/// <summary>A compatibility level as clients send it.</summary>
public sealed record ConfigBody([property: JsonPropertyName("compatibility")] string? Compatibility);

/// <summary>A mode as clients send it.</summary>
public sealed record ModeBody([property: JsonPropertyName("mode")] string? Mode);
