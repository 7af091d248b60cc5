using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Streams.Core.Fencing;

namespace Streams.Cache.Layout;

/// <summary>Reads the fields of a value header. What is too short sets <see cref="Failed"/> and reads as zero: bytes in Redis are not trusted.</summary>
internal ref struct HeaderReader(ReadOnlySpan<byte> header)
{
    private ReadOnlySpan<byte> _rest = header;

    public bool Failed { get; private set; }

    public long I64() => Take(8) is { Length: 8 } bytes ? BinaryPrimitives.ReadInt64BigEndian(bytes) : 0;

    public ImmutableArray<Stamp> Stamps()
    {
        var count = Take(1) is { Length: 1 } bytes ? bytes[0] : 0;
        var stamps = ImmutableArray.CreateBuilder<Stamp>(count);
        for (var i = 0; i < count && !Failed; i++)
        {
            stamps.Add(new Stamp(U16(), I64()));
        }

        return stamps.ToImmutable();
    }

    public PgSnapshot Snapshot()
    {
        var (xmin, xmax) = ((ulong)I64(), (ulong)I64());
        var count = Fitting(U16(), 8);
        var running = ImmutableArray.CreateBuilder<ulong>(count);
        for (var i = 0; i < count; i++)
        {
            running.Add((ulong)I64());
        }

        return new PgSnapshot(xmin, xmax, running.ToImmutable());
    }

    public ImmutableArray<string> Tags()
    {
        var count = Fitting(U16(), 2);
        var tags = ImmutableArray.CreateBuilder<string>(count);
        for (var i = 0; i < count && !Failed; i++)
        {
            tags.Add(Encoding.UTF8.GetString(Take(U16())));
        }

        return tags.ToImmutable();
    }

    private int U16() => Take(2) is { Length: 2 } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : 0;

    /// <summary>A count is believed only if that many elements can be there.</summary>
    private int Fitting(int count, int size)
    {
        Failed |= count * size > _rest.Length;
        return Failed ? 0 : count;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            Failed = true;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
