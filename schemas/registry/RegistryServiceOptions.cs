using System.ComponentModel.DataAnnotations;

namespace Streams.Registry;

/// <summary>Settings of the registry itself. Environment: <c>STREAMS__REGISTRYSERVICE__…</c>.</summary>
public sealed class RegistryServiceOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:RegistryService";

    /// <value>Compacted topic that holds the schemas. Default <c>_schemas</c>.</value>
    [Required]
    public string Topic { get; set; } = "_schemas";

    /// <value>Replicas of the topic when it is created; −1 for the broker's default. Default −1.</value>
    [Range(-1, short.MaxValue)]
    public short ReplicationFactor { get; set; } = -1;
}
