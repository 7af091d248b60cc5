using Streamiz.Kafka.Net;
using Streamiz.Kafka.Net.SerDes;
using Streamiz.Kafka.Net.Stream;
using Streamiz.Kafka.Net.Table;

namespace Streams.Bench.Peer;

/// <summary>
/// The aggregate of the benchmark as a user of Kafka Streams writes it: the raw topic as a table, whose rows are grouped, added and subtracted.
/// <code>
/// raw topic ─► rows (store, changelog) ─► repartition topic ─► sums (store, changelog) ─► output topic
/// </code>
/// </summary>
internal sealed class PeerTopology
{
    /// <value>Stores of one partition, each with a changelog.</value>
    public const int Stores = 2;

    private long _added;

    /// <value>Rows that were added to a group: one for each raw record, because the benchmark deletes none.</value>
    public long Added => Interlocked.Read(ref _added);

    public Topology Build(string output)
    {
        var builder = new StreamBuilder();
        builder
            .Table(BenchStack.RawTopic, new ByteArraySerDes(), new RawRowSerDes(), InMemory.As<byte[], PeerRow>("rows").With(new ByteArraySerDes(), new WordsSerDes<PeerRow>()))
            .GroupBy<PeerGroup, PeerRow, WordsSerDes<PeerGroup>, WordsSerDes<PeerRow>>((_, row, _) => KeyValuePair.Create(row.Group, row))
            .Aggregate(
                () => PeerSums.None,
                (_, row, sums) => Add(row, sums),
                (_, row, sums) => sums.Minus(row),
                InMemory.As<PeerGroup, PeerSums>("sums").With(new WordsSerDes<PeerGroup>(), new WordsSerDes<PeerSums>()))
            .ToStream()
            .To(output, new WordsSerDes<PeerGroup>(), new WordsSerDes<PeerSums>());
        return builder.Build();
    }

    private PeerSums Add(PeerRow row, PeerSums sums)
    {
        Interlocked.Increment(ref _added);
        return sums.Plus(row);
    }
}
