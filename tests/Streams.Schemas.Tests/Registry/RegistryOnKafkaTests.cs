using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streams.Fixtures;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Tests.Registry;

/// <summary>The registry on its real log.</summary>
public sealed class RegistryOnKafkaTests(KafkaFixture kafka) : IClassFixture<KafkaFixture>
{
    [RequiresKafkaFact]
    public async Task Given_Kafka_When_a_schema_is_registered_Then_a_second_start_knows_it_and_a_topic_of_the_wrong_kind_is_refused()
    {
        var topic = Unique.Name("schemas");
        await using (var first = await StartAsync(topic))
        {
            var writer = new AvroTopic<InvalidationKey, InvalidationEvent>("t", Registries.Connect(first.Url));
            await writer.RegisterAsync();
            Assert.Equal(2, (await first.SendAsync("GET", "/schemas/ids/2/subjects")).Body.GetArrayLength() + 1);
        }

        await using (var second = await StartAsync(topic))
        {
            Assert.Equal("""["t-key","t-value"]""", (await second.SendAsync("GET", "/subjects")).Body.GetRawText());
            Assert.Equal(3, await second.RegisterAsync("u", "\"int\""));
        }

        Assert.Equal("compact", await PolicyAsync(topic));
        var wrong = Unique.Name("deleted");
        await kafka.CreateTopicAsync(wrong, 1);
        await using var refused = await RegistryHarness.StartAsync(null, ready: false, Settings(wrong));
        await Eventually.Async(
            async () => (await refused.SendAsync("GET", "/subjects")).Body.GetProperty("message").GetString()!.StartsWith("STR6102", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20),
            "STR6102");
    }

    private Task<RegistryHarness> StartAsync(string topic) => RegistryHarness.StartAsync(null, ready: true, Settings(topic));

    private string[] Settings(string topic) => [$"--Streams:Kafka:BootstrapServers={kafka.BootstrapServers}", $"--Streams:RegistryService:Topic={topic}"];

    private async Task<string> PolicyAsync(string topic)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }).Build();
        var configs = await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = topic }]);
        return configs[0].Entries["cleanup.policy"].Value;
    }
}
