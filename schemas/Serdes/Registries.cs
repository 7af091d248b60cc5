using Confluent.SchemaRegistry;

namespace Streams.Schemas.Serdes;

/// <summary>Registry clients.</summary>
public static class Registries
{
    /// <summary>A caching client with a short limit per request: callers retry, they do not wait half a minute.</summary>
    public static ISchemaRegistryClient Connect(string url) =>
        new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = url, RequestTimeoutMs = 3_000 });
}
