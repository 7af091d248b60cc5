namespace Streams.Processors.Aggregates.State;

/// <summary>Byte arrays by content, in the order of their bytes.</summary>
public sealed class ByteComparer : IEqualityComparer<byte[]>, IComparer<byte[]>
{
    /// <summary>The only one.</summary>
    public static readonly ByteComparer Instance = new();

    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode(byte[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
