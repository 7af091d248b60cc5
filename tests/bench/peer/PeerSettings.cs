using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Streamiz.Kafka.Net;

namespace Streams.Bench.Peer;

/// <summary>
/// Settings of the peer: its defaults (at least once, commits every 30 s, no cache, so that each change is in the output as soon as it can be),
/// what the product gives its own producer, and larger steps when it restores.
/// </summary>
internal static class PeerSettings
{
    public const int Threads = 2;

    public static StreamConfig Of(string kafka, string application, string state) => new()
    {
        ApplicationId = application,
        BootstrapServers = kafka,
        BrokerAddressFamily = BrokerAddressFamily.V4,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        NumStreamThreads = Threads,
        StateDir = state,
        CompressionType = CompressionType.Lz4,
        LingerMs = 2,
        // The default, 1,000, makes restoring wait for 100 ms after each thousand.
        MaxPollRestoringRecords = 20_000,
        // A full queue ends a stream thread.
        QueueBufferingMaxMessages = 500_000,
        // What the parent reads is on the standard output.
        Logger = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)),
    };
}
