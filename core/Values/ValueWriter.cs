using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Streams.Core.Values;

/// <summary>Writes values in the bytes of stores and of the partials topic; equal values give equal bytes when <c>canonical</c> is asked for.</summary>
public sealed class ValueWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Begins anew.</summary>
    public ValueWriter Clear()
    {
        _buffer.ResetWrittenCount();
        return this;
    }

    /// <summary>One byte.</summary>
    public ValueWriter Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
        return this;
    }

    /// <summary>Eight bytes, big-endian.</summary>
    public ValueWriter Fixed(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_buffer.GetSpan(8), value);
        _buffer.Advance(8);
        return this;
    }

    /// <summary>Eight bytes that sort as the number does.</summary>
    public ValueWriter Sorted(long value) => Fixed(value ^ long.MinValue);

    /// <summary>LEB128 of the zigzag form: 1 byte for small numbers, 10 at most.</summary>
    public ValueWriter Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        var span = _buffer.GetSpan(10);
        var length = 0;
        while (rest >= 0x80)
        {
            span[length++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        span[length++] = (byte)rest;
        _buffer.Advance(length);
        return this;
    }

    /// <summary>Length and bytes.</summary>
    public ValueWriter Bytes(ReadOnlySpan<byte> value) => Number(value.Length).Raw(value);

    /// <summary>Bytes as they are.</summary>
    public ValueWriter Raw(ReadOnlySpan<byte> value)
    {
        _buffer.Write(value);
        return this;
    }

    /// <summary>A value with its kind.</summary>
    /// <param name="value">Value.</param>
    /// <param name="canonical">Numbers without zeros at the end: for keys.</param>
    public ValueWriter Value(SqlValue value, bool canonical = false)
    {
        Byte((byte)value.Kind);
        switch (value.Kind)
        {
            case SqlKind.Null or SqlKind.Opaque:
                return this;
            case SqlKind.Text:
                return Text(value.Text);
            case SqlKind.Numeric:
                return Numeric(canonical ? value.Numeric.Trimmed() : value.Numeric);
            default:
                return Number(value.Number);
        }
    }

    /// <summary>A numeric.</summary>
    public ValueWriter Numeric(PgNumeric value)
    {
        Byte((byte)value.Kind);
        return value.IsFinite ? Number(value.Scale).Big(value.Unscaled) : this;
    }

    /// <summary>A number of any size.</summary>
    public ValueWriter Big(BigInteger value)
    {
        var length = value.GetByteCount();
        Number(length);
        value.TryWriteBytes(_buffer.GetSpan(length), out var written);
        _buffer.Advance(written);
        return this;
    }

    private ValueWriter Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        Encoding.UTF8.GetBytes(text, _buffer.GetSpan(length));
        _buffer.Advance(length);
        return this;
    }
}
