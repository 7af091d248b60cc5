using System.Buffers.Binary;

namespace Streams.Bench.Peer;

/// <summary>What the peer keeps of a row: the columns that the aggregate reads.</summary>
/// <param name="Store">Store.</param>
/// <param name="WindowStart">Start of the window, seconds since 1970.</param>
/// <param name="Quantity">Quantity.</param>
internal sealed record PeerRow(long Store, long WindowStart, long Quantity) : IWords<PeerRow>
{
    public static int Words => 3;

    public PeerGroup Group => new(Store, WindowStart);

    public static PeerRow Read(ReadOnlySpan<byte> words) => new(
        BinaryPrimitives.ReadInt64BigEndian(words), BinaryPrimitives.ReadInt64BigEndian(words[8..]), BinaryPrimitives.ReadInt64BigEndian(words[16..]));

    public void Write(Span<byte> words)
    {
        BinaryPrimitives.WriteInt64BigEndian(words, Store);
        BinaryPrimitives.WriteInt64BigEndian(words[8..], WindowStart);
        BinaryPrimitives.WriteInt64BigEndian(words[16..], Quantity);
    }
}

/// <summary>A group of a window: the key of the result.</summary>
/// <param name="Store">Store.</param>
/// <param name="WindowStart">Start of the window, seconds since 1970.</param>
internal sealed record PeerGroup(long Store, long WindowStart) : IWords<PeerGroup>
{
    public static int Words => 2;

    public static PeerGroup Read(ReadOnlySpan<byte> words) => new(BinaryPrimitives.ReadInt64BigEndian(words), BinaryPrimitives.ReadInt64BigEndian(words[8..]));

    public void Write(Span<byte> words)
    {
        BinaryPrimitives.WriteInt64BigEndian(words, Store);
        BinaryPrimitives.WriteInt64BigEndian(words[8..], WindowStart);
    }
}

/// <summary>The result of a group.</summary>
/// <param name="Products">Number of rows.</param>
/// <param name="Quantity">Sum of their quantities.</param>
internal sealed record PeerSums(long Products, long Quantity) : IWords<PeerSums>
{
    public static int Words => 2;

    public static PeerSums None { get; } = new(0, 0);

    public static PeerSums Read(ReadOnlySpan<byte> words) => new(BinaryPrimitives.ReadInt64BigEndian(words), BinaryPrimitives.ReadInt64BigEndian(words[8..]));

    public void Write(Span<byte> words)
    {
        BinaryPrimitives.WriteInt64BigEndian(words, Products);
        BinaryPrimitives.WriteInt64BigEndian(words[8..], Quantity);
    }

    public PeerSums Plus(PeerRow row) => new(Products + 1, Quantity + row.Quantity);

    public PeerSums Minus(PeerRow row) => new(Products - 1, Quantity - row.Quantity);
}
