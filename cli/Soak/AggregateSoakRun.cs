using Confluent.Kafka;
using Npgsql;
using Streams.Cli.Aggregates;
using Streams.Cli.Stack;
using Streams.Core.Errors;
using Streams.Schemas.Aggregates;

namespace Streams.Cli.Soak;

/// <summary>One soak of the aggregates of a running stack: changes and faults, then quiet, then every group of every aggregate against SQL.</summary>
internal sealed class AggregateSoakRun(AggregateSoakOptions options, LocalStack stack, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromMinutes(15);

    /// <summary>Differences that were found; null: nothing was compared.</summary>
    public async Task<int?> RunAsync(AggregateSoakTally tally, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(stack.ConnectionString);
        var faults = new AggregateSoakFaults(options, stack, source, tally, new Random(options.Seed), say);
        var writer = new AggregateSoakWriter(options, source, tally, new Random(options.Seed + 1));
        await writer.PrepareAsync(cancellationToken);
        var killing = faults.RunAsync(cancellationToken);
        await writer.RunAsync(() => killing.IsCompleted || tally.Changes * faults.Planned <= options.Changes * (tally.Kills + 1L), cancellationToken);
        await killing;
        say("quiet: every group is compared with SQL");
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await VerifyAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is KafkaException or NpgsqlException or StreamsException && TimeProvider.System.GetElapsedTime(since) < QuietLimit)
            {
                // The last ones killed are still being started again.
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    private async Task<int?> VerifyAsync(CancellationToken cancellationToken)
    {
        int? differences = null;
        await using var target = await AggregateTarget.OpenAsync(options.Folder, cancellationToken);
        foreach (var plan in target.Plans)
        {
            using var reading = new AggregateReading(plan, new AggregateTopic(plan, target.Registry), target.BootstrapServers);
            var found = await new AggregateVerifier(plan, reading, target, TimeProvider.System).RunAsync(quiesce: true, rounds: 1, QuietLimit, cancellationToken);
            found.Differences.Take(20).ToList().ForEach(say);
            say($"{plan.Name}: {found.Compared} groups compared with SQL, {found.Differences.Length} differences");
            differences = (differences ?? 0) + found.Differences.Length + found.Undecided;
        }

        return differences;
    }
}
