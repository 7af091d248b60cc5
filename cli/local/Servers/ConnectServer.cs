using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>
/// A Kafka Connect worker (distributed mode, alone in its group) with Debezium's PostgreSQL connector on its plugin path, JSON without
/// schemas by default. Without Kafka transactions: whoever reads tells repeats by their version (docs/design/0007-debezium-facts.md, 7).
/// </summary>
/// <param name="folder">Folder of this server.</param>
/// <param name="bootstrapServers">Kafka's address.</param>
/// <param name="runtime">Jars.</param>
/// <param name="time">Clock of the time-outs.</param>
public sealed class ConnectServer(string folder, string bootstrapServers, KafkaRuntime runtime, TimeProvider? time = null)
    : JavaServer("connect", folder, runtime, time)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <value>Worker settings over ours, under their own names.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <value>Group of the worker and prefix of its topics. Default <c>streams.connect</c>.</value>
    public string Group { get; init; } = "streams.connect";

    /// <inheritdoc/>
    public override string Address => $"http://127.0.0.1:{Port}";

    /// <inheritdoc/>
    protected override Task PrepareAsync(CancellationToken cancellationToken)
    {
        WriteProperties("connect.properties", Properties());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override ChildCommand Command() =>
        Java("org.apache.kafka.connect.cli.ConnectDistributed", InFolder("connect.properties"));

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        // 200 only when the worker has joined its group and read its topics (KIP-1017).
        using var answer = await Http.GetAsync(new Uri($"{Address}/health"), cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    private Dictionary<string, string> Properties()
    {
        var properties = new Dictionary<string, string>
        {
            ["bootstrap.servers"] = bootstrapServers,
            ["group.id"] = Group,
            ["listeners"] = Address,
            ["plugin.path"] = Runtime.Plugins,
            ["plugin.discovery"] = "service_load",
            ["key.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["value.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["key.converter.schemas.enable"] = "false",
            ["value.converter.schemas.enable"] = "false",
            // How far the slot lags behind what Kafka has acknowledged.
            ["offset.flush.interval.ms"] = "250",
            ["config.storage.topic"] = $"_{Group}.configs",
            ["offset.storage.topic"] = $"_{Group}.offsets",
            ["status.storage.topic"] = $"_{Group}.status",
            ["config.storage.replication.factor"] = "1",
            ["offset.storage.replication.factor"] = "1",
            ["status.storage.replication.factor"] = "1",
            ["offset.storage.partitions"] = "1",
            ["status.storage.partitions"] = "1",
        };
        foreach (var (name, value) in Settings)
        {
            properties[name] = value;
        }

        return properties;
    }
}
