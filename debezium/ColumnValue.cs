using System.Globalization;
using System.Numerics;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Debezium;

/// <summary>Values in Debezium's default representations as SQL's values; <see cref="ColumnText"/> says where they are described.</summary>
internal static class ColumnValue
{
    private const int DecimalBytesMax = 65_536;
    private const int DecimalScaleMax = 16_383;
    private const long MicrosPerMilli = 1000;

    // 0001-01-01 and the end of 9999: what lies beyond (BC, infinity) has no exact form here.
    private const long FirstMicros = -719_162L * 86_400_000_000;
    private const long EndMicros = 2_932_897L * 86_400_000_000;

    public static SqlValue OfInteger(ColumnDescription column, SqlType type, long value) => type.Kind switch
    {
        SqlKind.Integer => SqlValue.Of(value),
        SqlKind.Date when value * 86_400_000_000 is >= FirstMicros and < EndMicros && Math.Abs(value) < 10_000_000 => SqlValue.Time(SqlKind.Date, value),
        // Up to three digits Debezium sends milliseconds, else microseconds.
        SqlKind.Timestamp when column.Scale is <= 3 && Math.Abs(value) < long.MaxValue / MicrosPerMilli => Instant(column, type.Kind, value * MicrosPerMilli),
        SqlKind.Timestamp => Instant(column, type.Kind, value),
        _ => throw Unsupported(column),
    };

    public static SqlValue OfText(ColumnDescription column, SqlType type, string value) => type.Kind switch
    {
        // A cast of character(n) to text drops the padding, and so does its equality.
        SqlKind.Text => SqlValue.Of(column.Type == "bpchar" ? value.TrimEnd(' ') : value),
        SqlKind.TimestampTz when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            => OfInstant(time),
        _ => throw Unsupported(column),
    };

    public static SqlValue OfInstant(DateTimeOffset time) => SqlValue.Time(SqlKind.TimestampTz, (time.UtcDateTime - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Connect's Decimal: the unscaled value as a big-endian two's complement.</summary>
    public static SqlValue OfDecimal(ColumnDescription column, ReadOnlySpan<byte> unscaled, int? scale) => unscaled.Length <= DecimalBytesMax
        ? OfDecimal(column, new BigInteger(unscaled, isBigEndian: true), scale ?? throw Unsupported(column))
        : throw Unsupported(column);

    public static SqlValue OfDecimal(ColumnDescription column, BigInteger unscaled, int scale) =>
        Math.Abs((long)scale) <= DecimalScaleMax ? SqlValue.Of(new PgNumeric(unscaled, scale)) : throw Unsupported(column);

    /// <summary>decimal.handling.mode=string: digits as Postgres prints them, and Debezium's names of the special values.</summary>
    public static SqlValue OfDecimalText(ColumnDescription column, string text)
    {
        switch (text)
        {
            case "NAN" or "NaN":
                return SqlValue.Of(PgNumeric.NaN);
            case "POSITIVE_INFINITY":
                return SqlValue.Of(PgNumeric.PositiveInfinity);
            case "NEGATIVE_INFINITY":
                return SqlValue.Of(PgNumeric.NegativeInfinity);
        }

        try
        {
            return text.Length <= DecimalBytesMax * 3 ? SqlValue.Of(PgNumeric.Parse(text).AtLeast(column.Scale ?? 0)) : throw Unsupported(column);
        }
        catch (FormatException)
        {
            throw Unsupported(column);
        }
    }

    private static SqlValue Instant(ColumnDescription column, SqlKind kind, long micros) =>
        micros is >= FirstMicros and < EndMicros ? SqlValue.Time(kind, micros) : throw Unsupported(column);

    private static Core.Errors.StreamsException Unsupported(ColumnDescription column) =>
        ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type}.");
}
