using System.Buffers.Binary;
using System.Globalization;
using RocksDbSharp;
using static Streams.Feed.Tests.StateFolder;

namespace Streams.Feed.Tests;

/// <summary>Look-ups, iterators, snapshots.</summary>
public sealed class RocksDbReadTests : IDisposable
{
    private readonly StateFolder folder = new();

    [Fact]
    public void Given_a_value_When_read_without_a_copy_Then_the_reader_sees_its_bytes()
    {
        using var db = folder.Open();
        var sums = db.GetColumnFamily("sums");
        var value = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(value, 42);
        db.Put("a"u8, value, sums);
        db.CompactRange((byte[]?)null, null, sums);
        Assert.Equal(42, db.Get("a"u8, new Number(), sums));
        Assert.Null(db.Get("b"u8, new Number(), sums));
    }

    [Fact]
    public void Given_a_value_When_read_into_a_buffer_Then_its_whole_length_is_returned_and_what_fits_is_copied()
    {
        using var db = folder.Open();
        db.Put("key"u8, "value"u8);
        var buffer = Bytes("........");
        Assert.Equal(5, db.Get(Bytes("key"), buffer, 1, 3));
        Assert.Equal(".val....", Text(buffer));
        Assert.Equal(5, db.Get(Bytes("key and more"), 3, buffer, 2, 6));
        Assert.Equal(".vvalue.", Text(buffer));
        Assert.Equal(-1, db.Get(Bytes("k"), buffer, 0, 8));
    }

    [Fact]
    public void Given_keys_When_walked_between_bounds_Then_each_bound_is_kept_in_both_directions()
    {
        using var db = folder.Open();
        var sums = db.GetColumnFamily("sums");
        Fill(db, sums, 10);
        var options = new ReadOptions().SetIterateLowerBound(Bytes("k02")).SetIterateUpperBound(Bytes("k05 and more"), 3);
        using var iterator = db.NewIterator(sums, options);
        Assert.False(iterator.Valid());
        Assert.Equal(["k02", "k03", "k04"], Forward(iterator.SeekToFirst()));
        Assert.Equal(["k03", "k04"], Forward(iterator.Seek("k03"u8)));
        Assert.Equal(["k04", "k03", "k02"], Backward(iterator.SeekToLast()));
        Assert.Equal(["k03", "k02"], Backward(iterator.SeekForPrev(Bytes("k03x"))));
        Assert.False(iterator.Seek(Bytes("k05")).Valid());
        Native.Instance.rocksdb_iter_get_error(iterator.Handle);
    }

    [Fact]
    public void Given_an_iterator_with_options_that_nothing_else_holds_When_memory_is_collected_Then_its_bound_holds()
    {
        using var db = folder.Open();
        Fill(db, db.GetDefaultColumnFamily(), 100);
        using var iterator = Bounded(db, "k50");
        for (var i = 0; i < 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(50, Forward(iterator.SeekToFirst()).Count());
        }
    }

    [Fact]
    public void Given_an_iterator_on_a_key_When_it_moves_Then_keys_and_values_follow()
    {
        using var db = folder.Open();
        Fill(db, db.GetDefaultColumnFamily(), 3);
        using var iterator = db.NewIterator();
        Assert.Equal("k01", Text(iterator.Seek(Bytes("k01 and more"), 3).Key()));
        Assert.Equal("v1", Text(iterator.Value()));
        Assert.True(iterator.GetKeySpan().SequenceEqual("k01"u8));
        Assert.True(iterator.Next().GetValueSpan().SequenceEqual("v2"u8));
        Assert.Equal("k00", Text(iterator.Prev().Prev().Key()));
        Assert.False(iterator.Prev().Valid());
    }

    [Fact]
    public void Given_a_prefix_When_walked_Then_it_ends_with_the_prefix()
    {
        var options = new ColumnFamilyOptions().SetPrefixExtractor(SliceTransform.CreateFixedPrefix(2));
        using var db = RocksDb.Open(Options(), folder["db"], new ColumnFamilies(options));
        foreach (var key in (string[])["a:1", "a:2", "b:1"])
        {
            db.Put(Bytes(key), Bytes(""));
        }

        using var within = db.NewIterator(readOptions: new ReadOptions().SetPrefixSameAsStart(true));
        Assert.Equal(["a:1", "a:2"], Forward(within.Seek("a:"u8)));
        using var over = db.NewIterator(readOptions: new ReadOptions().SetTotalOrderSeek(true));
        Assert.Equal(["a:2", "b:1"], Forward(over.Seek("a:2"u8)));
    }

    [Fact]
    public void Given_a_snapshot_and_an_iterator_When_writes_follow_Then_both_show_what_was_there()
    {
        using var db = folder.Open();
        db.Put("a"u8, "1"u8);
        using var snapshot = db.CreateSnapshot();
        using var iterator = db.NewIterator();
        db.Put("a"u8, "2"u8);
        db.Remove(Bytes("not there"));
        db.Put("b"u8, "2"u8);
        var then = new ReadOptions().SetSnapshot(snapshot);
        Assert.Equal("1", Text(db.Get("a"u8, readOptions: then)));
        Assert.Null(db.Get("b"u8, readOptions: then));
        Assert.Equal("2", Text(db.Get("a"u8)));
        Assert.Equal("1", Text(iterator.SeekToFirst().Value()));
        Assert.False(iterator.Next().Valid());
        using var late = db.NewIterator(readOptions: then);
        Assert.Equal(["a"], Forward(late.SeekToFirst()));
    }

    [Fact]
    public void Given_a_damaged_file_When_read_Then_the_error_is_told()
    {
        using (var db = folder.Open())
        {
            var sums = db.GetColumnFamily("sums");
            Fill(db, sums, 10);
            db.CompactRange((byte[]?)null, null, sums);
        }

        foreach (var path in Directory.EnumerateFiles(folder["db"], "*.sst"))
        {
            using var file = File.Open(path, FileMode.Open);
            file.Write(new byte[16]);
        }

        using var damaged = folder.Open();
        var family = damaged.GetColumnFamily("sums");
        Assert.Throws<RocksDbException>(() => damaged.Get("k01"u8, family));
        using var iterator = damaged.NewIterator(family);
        Assert.False(iterator.SeekToFirst().Valid());
        Assert.Throws<RocksDbException>(() => Native.Instance.rocksdb_iter_get_error(iterator.Handle));
    }

    [Fact]
    public void Given_a_database_When_asked_for_properties_Then_those_of_the_column_family_are_told()
    {
        using var db = folder.Open();
        var times = db.GetColumnFamily("times");
        Fill(db, times, 10);
        db.CompactRange("k03", "k05", times);
        Assert.Equal("10", db.GetProperty("rocksdb.estimate-num-keys", times));
        Assert.Equal("0", db.GetProperty("rocksdb.estimate-num-keys"));
        Assert.Null(db.GetProperty("rocksdb.no-such-property"));
    }

    public void Dispose() => folder.Dispose();

    private static Iterator Bounded(RocksDb db, string end) => db.NewIterator(readOptions: new ReadOptions().SetIterateUpperBound(end));

    private static void Fill(RocksDb db, ColumnFamilyHandle family, int count)
    {
        for (var i = 0; i < count; i++)
        {
            db.Put(Bytes(i.ToString("'k'00", CultureInfo.InvariantCulture)), Bytes($"v{i}"), family);
        }
    }

    private static IEnumerable<string> Forward(Iterator iterator) => Walk(iterator, i => i.Next());

    private static IEnumerable<string> Backward(Iterator iterator) => Walk(iterator, i => i.Prev());

    private static IEnumerable<string> Walk(Iterator iterator, Func<Iterator, Iterator> step)
    {
        for (; iterator.Valid(); step(iterator))
        {
            yield return Text(iterator.Key())!;
        }
    }

    private sealed class Number : ISpanDeserializer<long?>
    {
        public long? Deserialize(ReadOnlySpan<byte> buffer) => BinaryPrimitives.ReadInt64BigEndian(buffer);
    }
}
