using DotNet.Testcontainers.Containers;
using Streams.Local.Servers;

namespace Testcontainers.Kafka;

/// <summary>A private Apache Kafka in KRaft mode.</summary>
public sealed class KafkaContainer : DockerContainer
{
    internal KafkaContainer(IReadOnlyDictionary<string, string> settings)
        : base("streams-kafka-", folder => new KafkaServer(folder, KafkaRuntime.Require()) { Settings = settings })
    {
    }

    /// <summary>Address for <c>bootstrap.servers</c>.</summary>
    public string GetBootstrapAddress() => $"{Hostname}:{GetMappedPublicPort(KafkaBuilder.KafkaPort)}";
}
