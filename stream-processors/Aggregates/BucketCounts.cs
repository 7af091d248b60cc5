using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>
/// How many different values the raw partitions have in a bucket. What was counted stays at hand, so a change of one bucket does not count the
/// others again; the values do not.
/// </summary>
internal sealed class BucketCounts(StateOverlay buckets, int keptMax = 20_000)
{
    private readonly Dictionary<byte[], BucketCount> _counted = new(ByteComparer.Instance);

    /// <summary>Count over the raw partitions that list the bucket, in their order.</summary>
    public BucketCount Of(Cell cell, byte measure, byte bucket, int[] listed)
    {
        var key = PartialKey.BucketOf(PartialKey.Of(cell, measure, bucket, 0));
        if (_counted.TryGetValue(key, out var known) && known.Listed.AsSpan().SequenceEqual(listed))
        {
            return known;
        }

        if (_counted.Count >= keptMax)
        {
            _counted.Clear();
        }

        return _counted[key] = Count(cell, measure, bucket, listed);
    }

    /// <summary>What is held of a bucket has changed.</summary>
    public void Changed(byte[] key) => _counted.Remove(PartialKey.BucketOf(key));

    private BucketCount Count(Cell cell, byte measure, byte bucket, int[] listed)
    {
        var values = new HashSet<byte[]>(ByteComparer.Instance);
        var versions = new long?[listed.Length];
        for (var i = 0; i < listed.Length; i++)
        {
            if (buckets.Get(PartialKey.Of(cell, measure, bucket, listed[i])) is { } bytes)
            {
                var held = Versioned.Read(bytes);
                versions[i] = held.Version;
                MeasureMerge.Add(values, held.Rest);
            }
        }

        return new BucketCount(listed, versions, values.Count);
    }
}

/// <summary>A bucket, counted.</summary>
/// <param name="Listed">Raw partitions that were looked at.</param>
/// <param name="Versions">By these, the version of what is held; null: nothing.</param>
/// <param name="Count">Different values.</param>
internal sealed record BucketCount(int[] Listed, long?[] Versions, long Count);
