using System.Runtime.InteropServices;

namespace Streams.FenceChecker.Tests.Engine;

/// <summary>Structs of bytes as bytes.</summary>
public static class ByteOrder
{
    /// <summary>The bytes of a struct that has no references and no padding.</summary>
    public static ReadOnlySpan<byte> Of<T>(in T value)
        where T : unmanaged => MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in value, 1));

    /// <summary>Exchanges two structs if the first is the greater by its bytes.</summary>
    public static void Sort<T>(ref T first, ref T second)
        where T : unmanaged
    {
        if (Of(first).SequenceCompareTo(Of(second)) > 0)
        {
            (first, second) = (second, first);
        }
    }
}
