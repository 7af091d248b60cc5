using System.Buffers.Binary;
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

    public static int RawOf(byte[] key) => BinaryPrimitives.ReadUInt16BigEndian(key.AsSpan(key.Length - 2));

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
public static class PublishedRow
{
    /// <summary>Bytes.</summary>
    public static byte[] Write(AggregateVersion version, bool isEmpty) =>
        new ValueWriter().Number(version.Epoch).Number(version.Revision).Byte((byte)((version.IsFinal ? 1 : 0) | (isEmpty ? 2 : 0))).ToArray();

    /// <summary>From the bytes.</summary>
    public static (AggregateVersion Version, bool IsEmpty) Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        var (epoch, revision, flags) = (reader.Number(), reader.Number(), reader.Byte());
        return (new AggregateVersion(epoch, revision, (flags & 1) != 0), (flags & 2) != 0);
    }
}

/// <summary>Windows by their end.</summary>
internal static class WindowKey
{
    public static byte[] From(long end) => new ValueWriter().Sorted(end).ToArray();

    public static byte[] Of(long end, Cell cell) => new ValueWriter().Sorted(end).Raw(cell.Bytes).ToArray();

    public static Cell CellOf(byte[] key) => Cell.Of(key.AsSpan(8));
}
