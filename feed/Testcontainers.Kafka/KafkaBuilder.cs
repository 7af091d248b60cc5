namespace Testcontainers.Kafka;

/// <summary>Builds a <see cref="KafkaContainer"/>. Each step returns a new builder, as the real one's do.</summary>
public sealed class KafkaBuilder
{
    /// <summary>The broker's port inside the container.</summary>
    public const ushort KafkaPort = 9092;

    private const string Prefix = "KAFKA_";
    private readonly Dictionary<string, string> _settings;

    /// <param name="image">Named for the container engine; here the jars of <c>scripts/kafka-runtime.sh</c> run.</param>
    public KafkaBuilder(string image)
        : this([]) => ArgumentException.ThrowIfNullOrEmpty(image);

    private KafkaBuilder(Dictionary<string, string> settings) => _settings = settings;

    /// <summary>Sets the image.</summary>
    public KafkaBuilder WithImage(string image)
    {
        ArgumentException.ThrowIfNullOrEmpty(image);
        return new KafkaBuilder(_settings);
    }

    /// <summary>Sets a broker setting in the form of the image's environment: <c>KAFKA_NUM_PARTITIONS</c>.</summary>
    public KafkaBuilder WithEnvironment(string name, string value)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{name}': the stand-in understands {Prefix}… only.", nameof(name));
        }

        var setting = name[Prefix.Length..].ToLowerInvariant().Replace('_', '.');
        return new KafkaBuilder(new Dictionary<string, string>(_settings) { [setting] = value });
    }

    /// <summary>Builds the container; nothing starts yet.</summary>
    public KafkaContainer Build() => new(_settings);
}
