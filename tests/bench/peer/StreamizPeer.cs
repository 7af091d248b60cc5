using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Streamiz.Kafka.Net;

namespace Streams.Bench.Peer;

/// <summary>The peer with the same semantics: Kafka Streams' table aggregate, by its port to .NET, in a process of its own; its output is compared with SQL.</summary>
internal sealed class StreamizPeer : IAsyncDisposable
{
    /// <summary>The hidden command that <see cref="PeerProcess"/> is behind.</summary>
    public const string Command = "peer-streamiz";

    private readonly BenchStack _stack;
    private readonly Process _process;
    private int _runs;

    private StreamizPeer(BenchStack stack, Process process) => (_stack, _process) = (stack, process);

    public static string Description { get; } = $"Streamiz {typeof(KafkaStream).Assembly.GetName().Version!.ToString(3)}";

    private string Name => $"bench-peer-{_runs}";

    public static StreamizPeer Start(BenchStack stack) => new(stack, Process.Start(
        new ProcessStartInfo("dotnet", [typeof(StreamizPeer).Assembly.Location, Command, stack.Kafka, Path.Combine(stack.Folder, "peer")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!);

    /// <summary>A new application from the start of the raw topic to its end; what an earlier one left is removed.</summary>
    /// <returns>What is to be said of it. It has ended, and is no burden to what is measured next.</returns>
    public async Task<string> RunAsync(long records, CancellationToken cancellationToken)
    {
        if (_runs > 0)
        {
            await AskAsync(PeerProcess.Drop, cancellationToken);
        }

        _runs++;
        var used = new ProcessorTime(_stack, _process.Id);
        var numbers = Numbers(await AskAsync(string.Create(CultureInfo.InvariantCulture, $"{PeerProcess.Consume} {Name} {records}"), cancellationToken));
        var (inAll, resident) = (used.ToString(), BenchStack.ResidentMegabytes(_process.Id));
        var (groups, differences) = await DifferencesAsync(cancellationToken);
        await AskAsync(PeerProcess.Stop, cancellationToken);
        return $"{numbers[1]:0.0} s, {records / numbers[1]:0} records/s, {inAll}, {differences} differences from SQL in {groups} groups; "
            + $"the first row after {numbers[0]:0.0} s, {numbers[2] / records:0.0} records written for each raw one, {resident} MB resident";
    }

    /// <summary>Its stores lost, the changelogs there.</summary>
    public async Task<string> LoseAsync(CancellationToken cancellationToken)
    {
        var numbers = Numbers(await AskAsync(PeerProcess.Restore, cancellationToken));
        var resident = BenchStack.ResidentMegabytes(_process.Id);
        await AskAsync(PeerProcess.Stop, cancellationToken);
        return $"{numbers[0]:0.0} s from its start until {numbers[1]:0} records of its changelogs are restored, {resident} MB resident";
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The peer has ended; what it said is above.");
    }

    private static double[] Numbers(string line) => [.. line.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];

    private async Task<(int Groups, int Differences)> DifferencesAsync(CancellationToken cancellationToken)
    {
        var written = Output();
        var expected = new Dictionary<PeerGroup, PeerSums>();
        await using var command = _stack.Source.CreateCommand("SELECT store_id, floor(extract(epoch FROM created_at) / 60)::bigint * 60, count(*), sum(quantity) FROM inventory GROUP BY 1, 2");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            expected.Add(new PeerGroup(reader.GetInt64(0), reader.GetInt64(1)), new PeerSums(reader.GetInt64(2), reader.GetInt64(3)));
        }

        return (expected.Count, expected.Count(group => written.GetValueOrDefault(group.Key) != group.Value) + written.Keys.Count(group => !expected.ContainsKey(group)));
    }

    /// <summary>The last record of each key.</summary>
    private Dictionary<PeerGroup, PeerSums> Output()
    {
        using var consumer = _stack.Consumer("peer-output");
        consumer.Assign(Enumerable.Range(0, PeerApplication.Partitions).Select(partition => new TopicPartitionOffset(PeerApplication.OutputOf(Name), partition, Offset.Beginning)));
        var written = new Dictionary<PeerGroup, PeerSums>();
        for (var left = PeerApplication.Partitions; left > 0;)
        {
            var record = consumer.Consume(CancellationToken.None);
            if (record.IsPartitionEOF)
            {
                left--;
            }
            else
            {
                written[PeerGroup.Read(record.Message.Key)] = PeerSums.Read(record.Message.Value);
            }
        }

        return written;
    }
}
