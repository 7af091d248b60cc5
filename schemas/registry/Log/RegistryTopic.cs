using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Streams.Core.Errors;
using Streams.Hosting.Options;

namespace Streams.Registry.Log;

/// <summary>Creates the topic, or holds the one that is there to what the registry needs.</summary>
internal sealed class RegistryTopic(KafkaOptions kafka, RegistryServiceOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="StreamsException">STR6101, STR6102.</exception>
    public async Task EnsureAsync()
    {
        using var admin = new AdminClientBuilder(kafka.ApplyTo(new AdminClientConfig())).SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        try
        {
            await CreateAsync(admin);
            await VerifyAsync(admin);
        }
        catch (KafkaException exception)
        {
            throw RegistryErrors.LogUnreachable.With(exception.Error.Reason, exception);
        }
    }

    private async Task CreateAsync(IAdminClient admin)
    {
        var topic = new TopicSpecification
        {
            Name = options.Topic,
            NumPartitions = 1,
            ReplicationFactor = options.ReplicationFactor,
            Configs = new() { ["cleanup.policy"] = "compact" },
        };
        try
        {
            await admin.CreateTopicsAsync([topic], new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience });
        }
        catch (CreateTopicsException exception) when (exception.Results.All(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            return;
        }
    }

    private async Task VerifyAsync(IAdminClient admin)
    {
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = options.Topic };
        var configs = await admin.DescribeConfigsAsync([resource], new DescribeConfigsOptions { RequestTimeout = Patience });
        if (configs[0].Entries.TryGetValue("cleanup.policy", out var policy) && policy.Value != "compact")
        {
            throw RegistryErrors.LogMisconfigured.With($"cleanup.policy of {options.Topic} is {policy.Value}.");
        }

        var partitions = (await Task.Run(() => admin.GetMetadata(options.Topic, Patience))).Topics[0].Partitions.Count;
        if (partitions > 1)
        {
            throw RegistryErrors.LogMisconfigured.With(string.Create(CultureInfo.InvariantCulture, $"{options.Topic} has {partitions} partitions."));
        }
    }
}
