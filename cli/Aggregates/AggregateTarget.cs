using System.Collections.Immutable;
using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Npgsql;
using Streams.Cli.Stack;
using Streams.Configuration;
using Streams.Core.Aggregates;
using Streams.Core.Rules;
using Streams.Hosting.Options;
using Streams.Postgres;
using Streams.Schemas.Serdes;

namespace Streams.Cli.Aggregates;

/// <summary>The pipeline that a command talks to: the stack that runs in a folder, or else the servers that the STREAMS__… variables name.</summary>
internal sealed class AggregateTarget : IAsyncDisposable
{
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(10);
    private readonly StreamsDefinition _definition;

    private AggregateTarget(StreamsDefinition definition, string postgres, string kafka, string registry)
    {
        (_definition, BootstrapServers) = (definition, kafka);
        Source = NpgsqlDataSource.Create(postgres);
        Registry = Registries.Connect(registry);
        Epochs = new AggregateEpochs(Source);
    }

    /// <summary>Pool of connections to the captured database.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Registry.</summary>
    public ISchemaRegistryClient Registry { get; }

    /// <summary>Epochs.</summary>
    public AggregateEpochs Epochs { get; }

    /// <summary>Kafka.</summary>
    public string BootstrapServers { get; }

    /// <summary>Replication slot.</summary>
    public string Slot { get; } = Variable("STREAMS__SOURCE__SLOTNAME") ?? "streams_shop";

    /// <summary>Aggregates, bound to the database.</summary>
    public ImmutableArray<AggregatePlan> Plans { get; private set; } = [];

    /// <summary>Resolves and binds.</summary>
    /// <param name="folder">Folder of a stack.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<AggregateTarget> OpenAsync(string folder, CancellationToken cancellationToken)
    {
        var definition = StreamsFile.Load(Variable("STREAMS__FILE") ?? "streams.yaml");
        var target = Endpoints.TryRead(folder) is { } stack
            ? new AggregateTarget(definition, Addresses.Npgsql(stack["postgres"].Address), stack["kafka"].Address, stack["registry"].Address)
            : new AggregateTarget(
                definition,
                Variable("STREAMS__POSTGRES__CONNECTIONSTRING") ?? new PostgresOptions().ConnectionString,
                Variable("STREAMS__KAFKA__BOOTSTRAPSERVERS") ?? new KafkaOptions().BootstrapServers,
                Variable("STREAMS__REGISTRY__URL") ?? new RegistryOptions().Url);
        var catalog = await new CatalogReader(target.Source).ReadAsync("streams_publication", definition.Source.Tables, cancellationToken);
        target.Plans = AggregateBinder.Bind(definition, catalog);
        return target;
    }

    /// <summary>The aggregate of that name.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR7030.</exception>
    public AggregatePlan Plan(string name) =>
        Plans.FirstOrDefault(plan => plan.Name == name) ?? throw CliErrors.UnknownAggregate.With($"'{name}'; known are {string.Join(", ", Plans.Select(plan => plan.Name))}.");

    /// <summary>Topic of an aggregate's table.</summary>
    public string RawTopic(AggregatePlan plan) => $"{_definition.Source.Prefix}.{plan.Table.Name}";

    /// <summary>Ends of the partitions of an aggregate's table's topic.</summary>
    public ImmutableArray<long> Ends(AggregatePlan plan, int partitions) => Marks(plan, partitions).Ends;

    /// <summary>First offsets and ends of the partitions of an aggregate's table's topic.</summary>
    public (ImmutableArray<long> Lows, ImmutableArray<long> Ends) Marks(AggregatePlan plan, int partitions)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig { BootstrapServers = BootstrapServers, BrokerAddressFamily = BrokerAddressFamily.V4, GroupId = "streams.agg-cli" })
            .SetErrorHandler((_, _) => { }).SetLogHandler((_, _) => { }).Build();
        var marks = Enumerable.Range(0, partitions).Select(partition => consumer.QueryWatermarkOffsets(new TopicPartition(RawTopic(plan), partition), QueryTime)).ToList();
        return ([.. marks.Select(mark => mark.Low.Value)], [.. marks.Select(mark => mark.High.Value)]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Registry.Dispose();
        await Source.DisposeAsync();
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
