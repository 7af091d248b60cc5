using RocksDbSharp;
using static Streams.Feed.Tests.StateFolder;

namespace Streams.Feed.Tests;

/// <summary>What the state of aggregates relies on when it is written, killed and opened again.</summary>
public sealed class RocksDbTests : IDisposable
{
    private readonly StateFolder folder = new();

    [Fact]
    public void Given_writes_in_two_column_families_When_disposed_and_opened_again_Then_each_has_its_own()
    {
        using (var db = folder.Open())
        {
            db.Put(Bytes("k"), Bytes("sum"), db.GetColumnFamily("sums"));
            db.Put("k"u8, "time"u8, db.GetColumnFamily("times"));
        }

        using var again = folder.Open();
        Assert.Equal("sum", Text(again.Get(Bytes("k"), again.GetColumnFamily("sums"))));
        Assert.Equal("time", Text(again.Get("k"u8, again.GetColumnFamily("times"))));
        Assert.Null(again.Get("k"u8));
    }

    [Fact]
    public void Given_writes_that_were_not_synced_When_the_process_is_killed_Then_they_are_there()
    {
        using var db = folder.Open();
        var sums = db.GetColumnFamily("sums");
        db.Put("a"u8, "1"u8, sums, new WriteOptions().SetSync(false));
        using var batch = new WriteBatch().Put("b"u8, "2"u8, sums).Delete("a"u8, sums);
        db.Write(batch);
        folder.CopyAsKilled("db", "killed");

        using var after = folder.Open("killed");
        Assert.Null(after.Get("a"u8, after.GetColumnFamily("sums")));
        Assert.Equal("2", Text(after.Get("b"u8, after.GetColumnFamily("sums"))));
    }

    [Fact]
    public void Given_a_write_without_the_log_When_the_process_is_killed_Then_it_is_lost_and_earlier_ones_are_not()
    {
        using var db = folder.Open();
        db.Put("a"u8, "1"u8, writeOptions: new WriteOptions().SetSync(true));
        db.Put("b"u8, "2"u8, writeOptions: new WriteOptions().DisableWal(1));
        folder.CopyAsKilled("db", "killed");

        using var after = folder.Open("killed");
        Assert.Equal("1", Text(after.Get("a"u8)));
        Assert.Null(after.Get("b"u8));
    }

    [Fact]
    public void Given_a_log_cut_in_the_middle_of_a_batch_When_opened_Then_the_whole_batch_is_missing()
    {
        using (var db = folder.Open())
        {
            db.Put("before"u8, "1"u8);
            using var batch = new WriteBatch().Put("a"u8, new byte[500]).Put("b"u8, new byte[500], db.GetColumnFamily("sums"));
            db.Write(batch);
            folder.CopyAsKilled("db", "killed");
        }

        var log = Assert.Single(Directory.GetFiles(folder["killed"], "*.log"), path => new FileInfo(path).Length > 0);
        using (var file = File.Open(log, FileMode.Open))
        {
            file.SetLength(file.Length - 100);
        }

        using var after = folder.Open("killed");
        Assert.Equal("1", Text(after.Get("before"u8)));
        Assert.False(after.HasKey("a"u8));
        Assert.False(after.HasKey("b"u8, after.GetColumnFamily("sums")));
    }

    [Fact]
    public void Given_a_batch_When_written_cleared_and_used_again_Then_each_write_has_what_was_in_it_then()
    {
        using var db = folder.Open();
        using var batch = new WriteBatch();
        batch.Put(Bytes("a"), Bytes("1")).Put(Bytes("bx"), 1, Bytes("2x"), 1).Put("c"u8, ReadOnlySpan<byte>.Empty);
        Assert.Equal(3, batch.Count());
        Assert.Null(db.Get("a"u8));
        db.Write(batch);

        Assert.Equal(0, batch.Clear().Count());
        batch.Delete(Bytes("a")).Delete(Bytes("bx"), 1).Delete("not there"u8);
        db.Write(batch, new WriteOptions().SetSync(true));
        Assert.Null(db.Get("a"u8));
        Assert.Null(db.Get("b"u8));
        Assert.Empty(db.Get("c"u8)!);
        Assert.True(db.HasKey("c"u8));
    }

    [Fact]
    public void Given_keys_When_a_range_is_deleted_Then_its_end_stays_and_the_other_column_family_too()
    {
        using var db = folder.Open();
        var (sums, times) = (db.GetColumnFamily("sums"), db.GetColumnFamily("times"));
        using var batch = new WriteBatch();
        foreach (var key in (string[])["a", "b", "c", "d"])
        {
            batch.Put(Bytes(key), Bytes("1"), sums).Put(Bytes(key), Bytes("1"), times);
        }

        batch.DeleteRange(Bytes("bb"), 1, Bytes("dd"), 1, sums);
        db.Write(batch);
        Assert.Equal([true, false, false, true], ((string[])["a", "b", "c", "d"]).Select(key => db.HasKey(Bytes(key), sums)));
        Assert.All((string[])["a", "b", "c", "d"], key => Assert.True(db.HasKey(Bytes(key), times)));
    }

    [Fact]
    public void Given_an_open_database_When_opened_again_Then_it_is_refused_until_it_is_closed()
    {
        using (folder.Open())
        {
            var refusal = Assert.Throws<RocksDbException>(() => folder.Open());
            Assert.Contains("LOCK", refusal.Message, StringComparison.Ordinal);
        }

        folder.Open().Dispose();
    }

    [Fact]
    public void Given_an_open_database_When_opened_only_for_reading_Then_it_shows_what_was_there_and_takes_no_writes()
    {
        using var db = folder.Open();
        db.Put("a"u8, "1"u8);
        using var reader = RocksDb.OpenReadOnly(Options(), folder["db"], Families(), errIfLogFileExists: false);
        db.Put("b"u8, "2"u8);
        Assert.Equal("1", Text(reader.Get("a"u8)));
        Assert.Null(reader.Get("b"u8));
        Assert.Throws<RocksDbException>(() => reader.Put("c"u8, "3"u8));
    }

    [Fact]
    public void Given_a_database_When_opened_with_other_column_families_Then_it_says_what_is_missing()
    {
        folder.Open().Dispose();
        Assert.Equal(["default", "sums", "times"], RocksDb.ListColumnFamilies(Options(), folder["db"]));
        Assert.True(RocksDb.TryListColumnFamilies(Options(), folder["db"], out var names));
        Assert.Equal(3, names.Length);
        Assert.False(RocksDb.TryListColumnFamilies(Options(), folder["nothing"], out names));
        Assert.Empty(names);
        Assert.Throws<RocksDbException>(() => RocksDb.ListColumnFamilies(Options(), folder["nothing"]));

        Assert.Throws<RocksDbException>(() => RocksDb.Open(Options(), folder["db"], []));
        var strange = new ColumnFamilies { { "strange", new ColumnFamilyOptions() }, { "sums", new() }, { "times", new() } };
        Assert.Throws<RocksDbException>(() => RocksDb.Open(new DbOptions(), folder["db"], strange));
        using var db = RocksDb.Open(new DbOptions().SetCreateMissingColumnFamilies(), folder["db"], strange);
        Assert.True(db.TryGetColumnFamily("strange", out _));
        Assert.False(db.TryGetColumnFamily("other", out _));
        Assert.Throws<KeyNotFoundException>(() => db.GetColumnFamily("other"));
    }

    [Fact]
    public void Given_no_database_When_opened_without_leave_to_make_one_Then_it_is_refused() =>
        Assert.Throws<RocksDbException>(() => RocksDb.Open(new DbOptions(), folder["nothing"], []));

    [Fact]
    public void Given_a_checkpoint_When_the_database_goes_on_Then_the_copy_opens_as_it_was()
    {
        using var db = folder.Open();
        var sums = db.GetColumnFamily("sums");
        db.Put("a"u8, "1"u8, sums);
        using (var checkpoint = db.Checkpoint())
        {
            checkpoint.Save(folder["flushed"]);
            checkpoint.Save(folder["with its log"], logSizeForFlush: 1 << 30);
            db.Put("a"u8, "2"u8, sums);
            Assert.Throws<RocksDbException>(() => checkpoint.Save(folder["flushed"]));
        }

        foreach (var name in (string[])["flushed", "with its log"])
        {
            using var copy = folder.Open(name);
            Assert.Equal("1", Text(copy.Get("a"u8, copy.GetColumnFamily("sums"))));
            copy.Put("a"u8, "3"u8, copy.GetColumnFamily("sums"));
        }

        Assert.Equal("2", Text(db.Get("a"u8, sums)));
    }

    public void Dispose() => folder.Dispose();
}
