using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Streams.Core.Fencing;

namespace Streams.Cache.Layout;

/// <summary>Writes the fields of a value header, one after the other.</summary>
internal ref struct HeaderWriter(Span<byte> target)
{
    private Span<byte> _rest = target;

    public void U8(byte value)
    {
        _rest[0] = value;
        _rest = _rest[1..];
    }

    public void U16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_rest, checked((ushort)value));
        _rest = _rest[2..];
    }

    public void I64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_rest, value);
        _rest = _rest[8..];
    }

    public void Snapshot(PgSnapshot snapshot)
    {
        I64((long)snapshot.Xmin);
        I64((long)snapshot.Xmax);
        U16(snapshot.Xip.Length);
        foreach (var xid in snapshot.Xip)
        {
            I64((long)xid);
        }
    }

    public void Tags(ImmutableArray<string> tags)
    {
        U16(tags.Length);
        foreach (var tag in tags)
        {
            U16(Encoding.UTF8.GetByteCount(tag));
            _rest = _rest[Encoding.UTF8.GetBytes(tag, _rest)..];
        }
    }
}
