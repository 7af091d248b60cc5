using Confluent.Kafka;

namespace Streams.Feed.Tests;

/// <summary>The native library beside the application: the one that the client of this version was made for.</summary>
public sealed class LibrdkafkaTests
{
    [Fact]
    public void Given_the_native_library_When_loaded_Then_it_has_the_version_of_the_client() =>
        Assert.Equal("2.15.1", Library.VersionString);

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    [InlineData("snappy")]
    [InlineData("ssl")]
    [InlineData("sasl_scram")]
    public void Given_a_feature_that_a_broker_may_ask_for_When_a_client_is_configured_Then_it_is_built_in(string feature)
    {
        // Setting builtin.features to what the build lacks is refused.
        var config = new ProducerConfig { BootstrapServers = "127.0.0.1:1" };
        config.Set("builtin.features", feature);
        using var producer = new ProducerBuilder<Null, Null>(config).SetLogHandler((_, _) => { }).Build();
        Assert.NotNull(producer.Name);
    }
}
