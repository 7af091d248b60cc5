using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Streams.Core.Values;

/// <summary>Reads what <see cref="ValueWriter"/> wrote. Bytes that it did not write throw <see cref="FormatException"/>.</summary>
public ref struct ValueReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether all was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Eight bytes, big-endian.</summary>
    public long Fixed() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    /// <summary>Eight bytes that sort as the number does.</summary>
    public long Sorted() => Fixed() ^ long.MinValue;

    /// <summary>A number of 1 to 10 bytes.</summary>
    public long Number()
    {
        ulong result = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            result |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return (long)(result >> 1) ^ -(long)(result & 1);
            }
        }

        throw new FormatException("A number of more than ten bytes.");
    }

    /// <summary>Length and bytes.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(Number());

    /// <summary>A value with its kind.</summary>
    public SqlValue Value()
    {
        var kind = (SqlKind)Byte();
        return kind switch
        {
            SqlKind.Null => SqlValue.Null,
            SqlKind.Opaque => SqlValue.Opaque,
            SqlKind.Boolean => SqlValue.Of(Number() != 0),
            SqlKind.Integer => SqlValue.Of(Number()),
            SqlKind.Numeric => SqlValue.Of(Numeric()),
            SqlKind.Text => SqlValue.Of(Encoding.UTF8.GetString(Bytes())),
            SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampTz => SqlValue.Time(kind, Number()),
            _ => throw new FormatException($"A value of kind {(byte)kind}."),
        };
    }

    /// <summary>A numeric.</summary>
    public PgNumeric Numeric() => (NumericKind)Byte() switch
    {
        NumericKind.NaN => PgNumeric.NaN,
        NumericKind.PositiveInfinity => PgNumeric.PositiveInfinity,
        NumericKind.NegativeInfinity => PgNumeric.NegativeInfinity,
        _ => FiniteNumeric(),
    };

    /// <summary>A number of any size.</summary>
    public BigInteger Big() => new(Bytes());

    private PgNumeric FiniteNumeric()
    {
        var scale = (int)Number();
        return new PgNumeric(Big(), scale);
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if ((ulong)length > (ulong)_rest.Length)
        {
            throw new FormatException($"{length} bytes are wanted, {_rest.Length} are left.");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
