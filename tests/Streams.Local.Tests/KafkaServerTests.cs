using Confluent.Kafka;
using Streams.Fixtures;
using Streams.Local.Servers;

namespace Streams.Local.Tests;

public sealed class KafkaServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresKafkaFact]
    public async Task Given_a_record_When_the_broker_is_killed_and_restarted_Then_port_and_record_are_the_same_and_Connect_answers()
    {
        var runtime = KafkaRuntime.Require();
        await using var kafka = new KafkaServer(_folder.In("kafka"), runtime) { Settings = new Dictionary<string, string> { ["auto.create.topics.enable"] = "true" } };
        await kafka.StartAsync();
        await ProduceAsync(kafka.Address, "t", "v");
        var port = kafka.Port;

        await kafka.KillAsync();
        await kafka.StartAsync();

        Assert.Equal(port, kafka.Port);
        Assert.Equal("v", ConsumeOne(kafka.Address, "t"));

        await using var connect = new ConnectServer(_folder.In("connect"), kafka.Address, runtime);
        await connect.StartAsync();
        using var http = new HttpClient();
        Assert.Contains("PostgresConnector", await http.GetStringAsync(new Uri($"{connect.Address}/connector-plugins")), StringComparison.Ordinal);
    }

    private static async Task ProduceAsync(string address, string topic, string value)
    {
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = address }).Build();
        await producer.ProduceAsync(topic, new Message<Null, string> { Value = value });
    }

    private static string? ConsumeOne(string address, string topic)
    {
        var config = new ConsumerConfig { BootstrapServers = address, GroupId = Unique.Name("g"), AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        consumer.Subscribe(topic);
        var record = consumer.Consume(TimeSpan.FromSeconds(30));
        consumer.Close();
        return record?.Message.Value;
    }
}
