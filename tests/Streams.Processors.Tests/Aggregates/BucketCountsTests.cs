using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <summary>Different values of a bucket over the raw partitions, counted once until something of it changes.</summary>
public sealed class BucketCountsTests
{
    private const byte Measure = 1;
    private const byte Bucket = 7;
    private static readonly Cell OfGroup = Cell.Of([1, 42], null, new ValueWriter());
    private readonly CountingStore _store = new();
    private readonly StateOverlay _held;
    private readonly BucketCounts _counts;

    public BucketCountsTests()
    {
        _held = new StateOverlay(_store, StateFamily.Distinct, keptMax: 0);
        _counts = new BucketCounts(_held, keptMax: 2);
    }

    [Fact]
    public void Given_values_in_two_partitions_When_counted_Then_one_that_both_have_counts_once()
    {
        Hold(raw: 0, version: 5, "a", "b");
        Hold(raw: 2, version: 9, "b", "c");

        var counted = _counts.Of(OfGroup, Measure, Bucket, [0, 2, 3]);

        Assert.Equal(3, counted.Count);
        Assert.Equal([5, 9, null], counted.Versions);
        Assert.Equal(2, _counts.Of(OfGroup, Measure, Bucket, [2]).Count);
    }

    [Fact]
    public void Given_a_bucket_that_was_counted_When_nothing_of_it_changes_Then_its_values_are_not_read_again()
    {
        Hold(raw: 0, version: 5, "a");
        _counts.Of(OfGroup, Measure, Bucket, [0]);
        var reads = _store.Reads;

        Assert.Equal(1, _counts.Of(OfGroup, Measure, Bucket, [0]).Count);
        Assert.Equal(reads, _store.Reads);

        Hold(raw: 0, version: 6, "a", "b");
        Assert.Equal(2, _counts.Of(OfGroup, Measure, Bucket, [0]).Count);
    }

    [Fact]
    public void Given_more_buckets_than_are_kept_When_counted_Then_all_are_right()
    {
        for (byte bucket = 0; bucket < 5; bucket++)
        {
            Hold(raw: 0, version: bucket, [.. Enumerable.Range(0, bucket + 1).Select(i => $"{i}")], bucket);
        }

        for (byte bucket = 0; bucket < 5; bucket++)
        {
            Assert.Equal(bucket + 1, _counts.Of(OfGroup, Measure, bucket, [0]).Count);
        }
    }

    private void Hold(int raw, long version, params string[] values) => Hold(raw, version, values, Bucket);

    private void Hold(int raw, long version, string[] values, byte bucket)
    {
        var bytes = new ValueWriter();
        foreach (var value in values)
        {
            bytes.Bytes(new ValueWriter().Value(SqlValue.Of(value), canonical: true).Written);
        }

        var key = PartialKey.Of(OfGroup, Measure, bucket, raw);
        _held.Put(key, Versioned.Write(version, bytes.Written));
        _counts.Changed(key);
        var batch = new StateBatch();
        _held.Into(batch);
        _store.Write(batch);
    }

    private sealed class CountingStore : IStateStore
    {
        private readonly MemoryStore _store = new();

        public int Reads { get; private set; }

        public byte[]? Get(StateFamily family, ReadOnlySpan<byte> key)
        {
            Reads++;
            return _store.Get(family, key);
        }

        public IEnumerable<KeyValuePair<byte[], byte[]>> Scan(StateFamily family, byte[] prefix, bool descending = false) => _store.Scan(family, prefix, descending);

        public IEnumerable<KeyValuePair<byte[], byte[]>> Range(StateFamily family, byte[] from, byte[] until) => _store.Range(family, from, until);

        public void Write(StateBatch batch) => _store.Write(batch);

        public void Dispose() => _store.Dispose();
    }
}
