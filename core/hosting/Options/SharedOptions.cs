using System.ComponentModel.DataAnnotations;

namespace Streams.Hosting.Options;

/// <summary>Address of the Kafka cluster. Environment: <c>STREAMS__KAFKA__…</c>.</summary>
public sealed class KafkaOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Kafka";

    /// <value>Comma-separated <c>host:port</c>. Default <c>127.0.0.1:9092</c>.</value>
    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <value>Native librdkafka settings under their own names, such as <c>security.protocol</c>; passed through as they are.</value>
    public Dictionary<string, string> Client { get; } = [];
}

/// <summary>The primary that is written to and read from. Environment: <c>STREAMS__POSTGRES__…</c>.</summary>
public sealed class PostgresOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Postgres";

    /// <value>Npgsql connection string.</value>
    [Required]
    public string ConnectionString { get; set; } = "Host=127.0.0.1;Port=5432;Database=shop;Username=streams";
}

/// <summary>The Redis that holds the cache and its fence. Environment: <c>STREAMS__REDIS__…</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Redis";

    /// <value>StackExchange.Redis configuration string. Default <c>127.0.0.1:6379</c>.</value>
    [Required]
    public string Configuration { get; set; } = "127.0.0.1:6379";
}

/// <summary>The schema registry. Environment: <c>STREAMS__REGISTRY__…</c>.</summary>
public sealed class RegistryOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Registry";

    /// <value>Base URL. Default <c>http://127.0.0.1:8081</c>.</value>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:8081";
}

/// <summary>Where a service listens. Environment: <c>STREAMS__HTTP__…</c>.</summary>
public sealed class HttpOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Http";

    /// <value>Address of the service's own endpoint; port 0 picks a free one, which is logged. Default <c>http://127.0.0.1:0</c>.</value>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:0";
}
