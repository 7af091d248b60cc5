using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>Keys of stage 2's partials and buckets: cell, measure and bucket if any, raw partition.</summary>
internal static class PartialKey
{
    public static byte[] Of(Cell cell, int raw) => Append(cell, [], raw);

    public static byte[] Of(Cell cell, byte measure, byte bucket, int raw) => Append(cell, [measure, bucket], raw);

    /// <summary>Begins with the cell, which says itself where it ends.</summary>
    public static Cell CellOf(byte[] key)
    {
        var reader = new ValueReader(key);
        reader.Bytes();
        // Without windows 2 or 4 bytes follow, with them 10 or 12.
        var rest = reader.Rest.Length;
        return Cell.Of(key.AsSpan(0, key.Length - rest + (rest >= 10 ? 8 : 0)));
    }

    public static bool IsBucket(byte[] key)
    {
        var reader = new ValueReader(key);
        reader.Bytes();
        return reader.Rest.Length is 4 or 12;
    }

    public static int RawOf(byte[] key) => BinaryPrimitives.ReadUInt16BigEndian(key.AsSpan(key.Length - 2));

    /// <summary>A bucket's key without the raw partition.</summary>
    public static byte[] BucketOf(byte[] key) => key[..^2];

    private static byte[] Append(Cell cell, ReadOnlySpan<byte> middle, int raw)
    {
        var key = new byte[cell.Bytes.Length + middle.Length + 2];
        cell.Bytes.CopyTo(key);
        middle.CopyTo(key.AsSpan(cell.Bytes.Length));
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(key.Length - 2), checked((ushort)raw));
        return key;
    }
}

/// <summary>A version and bytes.</summary>
internal readonly ref struct Versioned(long version, ReadOnlySpan<byte> rest)
{
    public long Version { get; } = version;

    public ReadOnlySpan<byte> Rest { get; } = rest;

    public static byte[] Write(long version, ReadOnlySpan<byte> rest) => new ValueWriter().Number(version).Raw(rest).ToArray();

    public static Versioned Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        var version = reader.Number();
        return new Versioned(version, reader.Rest);
    }
}

/// <summary>What is known of the last row of a cell in the output.</summary>
/// <param name="Version">Its version.</param>
/// <param name="IsEmpty">Whether it is an empty row.</param>
public sealed record PublishedRow(AggregateVersion Version, bool IsEmpty)
{
    private const int DigestBytes = 16;

    /// <value>Of a session: its last row.</value>
    public long? End { get; init; }

    /// <value>Of a session: tells what it says from what another says. Empty: not known.</value>
    public ImmutableArray<byte> Digest { get; init; } = [];

    /// <value>Of a session: the highest version that was seen of the key.</value>
    public AggregateVersion Highest { get; init; } = Version;

    /// <summary>
    /// Of a row that is to be said. The version of a session is its group's, which grows when other sessions of the group change: whether it must be
    /// said again, its digest tells.
    /// </summary>
    public static PublishedRow Of(AggregatePlan plan, AggregateRow row) => new(row.Version, row.IsEmpty)
    {
        End = plan.HasSessions ? row.WindowEnd : null,
        Digest = plan.HasSessions ? DigestOf(row) : [],
    };

    /// <summary>Bytes.</summary>
    public byte[] Write()
    {
        var writer = new ValueWriter().Number(Version.Epoch).Number(Version.Revision).Byte((byte)((Version.IsFinal ? 1 : 0) | (IsEmpty ? 2 : 0)));
        if (End is { } end)
        {
            writer.Number(end).Bytes(Digest.AsSpan()).Number(Highest.Epoch).Number(Highest.Revision).Byte((byte)(Highest.IsFinal ? 1 : 0));
        }

        return writer.ToArray();
    }

    /// <summary>From the bytes.</summary>
    public static PublishedRow Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        var (epoch, revision, flags) = (reader.Number(), reader.Number(), reader.Byte());
        var row = new PublishedRow(new AggregateVersion(epoch, revision, (flags & 1) != 0), (flags & 2) != 0);
        return reader.AtEnd ? row : row with
        {
            End = reader.Number(), Digest = [.. reader.Bytes()], Highest = new AggregateVersion(reader.Number(), reader.Number(), reader.Byte() != 0),
        };
    }

    /// <summary>Whether it is the newest row of its key that was seen, and says what another says; of several that say so the last may stay the last.</summary>
    public bool Says(PublishedRow other) =>
        Version.Epoch == other.Version.Epoch && Version == Highest && (Version.IsFinal || !other.Version.IsFinal)
        && !Digest.IsEmpty && Digest.AsSpan().SequenceEqual(other.Digest.AsSpan());

    private static ImmutableArray<byte> DigestOf(AggregateRow row)
    {
        var writer = new ValueWriter().Byte((byte)(row.IsEmpty ? 1 : 0)).Number(row.IsEmpty ? 0 : row.WindowEnd!.Value);
        foreach (var measure in row.Measures)
        {
            writer.Value(measure.Value).Number(measure.Top.Length);
            foreach (var entry in measure.Top)
            {
                writer.Value(entry.Value).Value(SqlValue.Of(entry.Key));
            }
        }

        return [.. SHA256.HashData(writer.Written).AsSpan(0, DigestBytes)];
    }
}

/// <summary>Windows by their end.</summary>
internal static class WindowKey
{
    public static byte[] From(long end) => new ValueWriter().Sorted(end).ToArray();

    public static byte[] Of(long end, Cell cell) => new ValueWriter().Sorted(end).Raw(cell.Bytes).ToArray();

    public static long EndOf(byte[] key) => new ValueReader(key).Sorted();

    public static Cell CellOf(byte[] key) => Cell.Of(key.AsSpan(8));
}
