using System.Globalization;
using System.Security.Cryptography;
using Confluent.Kafka;
using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>Apache Kafka in KRaft mode: one process that is broker and controller, topics are not created by use.</summary>
/// <param name="folder">Folder of this server.</param>
/// <param name="runtime">Jars.</param>
/// <param name="time">Clock of the time-outs.</param>
public sealed class KafkaServer(string folder, KafkaRuntime runtime, TimeProvider? time = null)
    : JavaServer("kafka", folder, runtime, time)
{
    private int _controllerPort;

    /// <value>Broker settings over ours, under their own names.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string Address => $"127.0.0.1:{Port}";

    private string Data => InFolder("data");

    /// <inheritdoc/>
    protected override void TakePorts()
    {
        base.TakePorts();
        _controllerPort = KeepPort("controller", _controllerPort);
    }

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var file = WriteProperties("server.properties", Properties());
        if (!File.Exists(Path.Combine(Data, "meta.properties")))
        {
            await ChildProcess.RunAsync(
                Java("kafka.tools.StorageTool", "format", "--cluster-id", NewClusterId(), "--config", file), cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override ChildCommand Command() => Java("kafka.Kafka", InFolder("server.properties"));

    /// <inheritdoc/>
    protected override Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        if (!Ports.IsListening(Port))
        {
            return Task.FromResult(false);
        }

        return Task.Run(
            () =>
            {
                var config = new AdminClientConfig { BootstrapServers = Address, BrokerAddressFamily = BrokerAddressFamily.V4 };
                using var admin = new AdminClientBuilder(config).SetLogHandler((_, _) => { }).Build();
                try
                {
                    var metadata = admin.GetMetadata(TimeSpan.FromSeconds(5));
                    return metadata.Brokers.Any(broker => broker.Port == Port);
                }
                catch (KafkaException)
                {
                    return false;
                }
            },
            cancellationToken);
    }

    // 16 random bytes in URL-safe base64; the first bit is cleared so that the text never starts with a dash, which would read as an option.
    private static string NewClusterId()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[0] &= 0x7f;
        return Convert.ToBase64String(bytes)[..22].Replace('+', '-').Replace('/', '_');
    }

    private Dictionary<string, string> Properties()
    {
        var properties = new Dictionary<string, string>
        {
            ["process.roles"] = "broker,controller",
            ["node.id"] = "1",
            ["controller.quorum.voters"] = string.Create(CultureInfo.InvariantCulture, $"1@127.0.0.1:{_controllerPort}"),
            ["listeners"] = string.Create(
                CultureInfo.InvariantCulture, $"PLAINTEXT://127.0.0.1:{Port},CONTROLLER://127.0.0.1:{_controllerPort}"),
            ["advertised.listeners"] = $"PLAINTEXT://127.0.0.1:{Port}",
            ["controller.listener.names"] = "CONTROLLER",
            ["listener.security.protocol.map"] = "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            ["log.dirs"] = Data,
            ["auto.create.topics.enable"] = "false",
            ["offsets.topic.replication.factor"] = "1",
            ["offsets.topic.num.partitions"] = "4",
            ["transaction.state.log.replication.factor"] = "1",
            ["transaction.state.log.min.isr"] = "1",
            ["transaction.state.log.num.partitions"] = "4",
            ["share.coordinator.state.topic.replication.factor"] = "1",
            ["share.coordinator.state.topic.min.isr"] = "1",
            ["group.initial.rebalance.delay.ms"] = "0",
            ["num.network.threads"] = "2",
            ["num.io.threads"] = "4",
            ["log.cleaner.dedupe.buffer.size"] = "16777216",
        };
        foreach (var (name, value) in Settings)
        {
            properties[name] = value;
        }

        return properties;
    }
}
