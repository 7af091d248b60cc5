using Confluent.Kafka;

namespace Streams.Hosting.Options;

/// <summary>Native client settings from <see cref="KafkaOptions"/>: the bootstrap address, what we recommend, then what the operator set.</summary>
public static class KafkaClientConfig
{
    /// <summary>Applies address and pass-through settings onto a config; the operator's values win.</summary>
    public static T ApplyTo<T>(this KafkaOptions options, T config)
        where T : ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        // localhost may resolve to ::1 while servers listen on 127.0.0.1.
        config.BrokerAddressFamily ??= BrokerAddressFamily.V4;
        config.ReconnectBackoffMaxMs ??= 2_000;
        foreach (var (name, value) in options.Client)
        {
            config.Set(name, value);
        }

        return config;
    }
}
