using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Streams.Core.Values;

/// <summary>Bytes that sort as Postgres sorts the values of one type: for the ordered sets of min, max and top.</summary>
public static class SortKey
{
    private const byte NegativeInfinity = 0x00;
    private const byte Negative = 0x10;
    private const byte Zero = 0x20;
    private const byte Positive = 0x30;
    private const byte PositiveInfinity = 0x40;
    private const byte NaN = 0x50;

    /// <summary>Appends the bytes of a number or an instant; no bytes are the beginning of another value's.</summary>
    public static ValueWriter Append(ValueWriter writer, SqlValue value) => value.Kind switch
    {
        SqlKind.Numeric => Append(writer, value.Numeric),
        SqlKind.Integer or SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampTz => writer.Sorted(value.Number),
        _ => throw new ArgumentException($"Values of kind {value.Kind} have no order of their own.", nameof(value)),
    };

    private static ValueWriter Append(ValueWriter writer, PgNumeric value) => value.Kind switch
    {
        NumericKind.NegativeInfinity => writer.Byte(NegativeInfinity),
        NumericKind.PositiveInfinity => writer.Byte(PositiveInfinity),
        NumericKind.NaN => writer.Byte(NaN),
        _ when value.Unscaled.IsZero => writer.Byte(Zero),
        _ => AppendFinite(writer, value),
    };

    /// <summary>Sign, exponent, digits; what is below zero is inverted, so that more is less.</summary>
    private static ValueWriter AppendFinite(ValueWriter writer, PgNumeric value)
    {
        var digits = BigInteger.Abs(value.Unscaled).ToString(CultureInfo.InvariantCulture);
        var bytes = new byte[4 + digits.TrimEnd('0').Length + 1];
        BinaryPrimitives.WriteInt32BigEndian(bytes, (digits.Length - value.Scale) ^ int.MinValue);
        Encoding.ASCII.GetBytes(digits.AsSpan(0, bytes.Length - 5), bytes.AsSpan(4));
        if (value.Sign > 0)
        {
            return writer.Byte(Positive).Raw(bytes);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)~bytes[i];
        }

        return writer.Byte(Negative).Raw(bytes);
    }
}
