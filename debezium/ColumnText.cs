using System.Globalization;
using System.Numerics;
using Streams.Core.Rules;

namespace Streams.Debezium;

/// <summary>Values in Debezium's default representations (https://debezium.io/documentation/reference/connectors/postgresql.html#postgresql-data-types)
/// as Postgres casts them to text in a session with time zone UTC.</summary>
internal static class ColumnText
{
    private const long MicrosPerSecond = 1_000_000;
    private const long SecondsPerDay = 86_400;

    // Days since 1970 of 0001-01-01 and 9999-12-31: what lies beyond (BC, infinity) has no exact form here.
    private const long FirstDay = -719_162;
    private const long LastDay = 2_932_896;

    // More would not fit into a key; turning bytes into digits takes quadratic time.
    private const int DecimalBytesMax = 1024;
    private const int DecimalScaleMax = 2048;

    public static string OfInteger(ColumnDescription column, long value) => column.Type switch
    {
        "date" => Date(value, column),
        // Up to three digits Debezium sends milliseconds (io.debezium.time.Timestamp), else microseconds (MicroTimestamp).
        "timestamp" => Timestamp(column.Scale is <= 3 ? Micros(column, value) : value, column),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    public static string OfText(ColumnDescription column, string value) => column.Type switch
    {
        "numeric" => OfDecimal(Bytes(column, value), column.Scale ?? throw Unsupported(column, value)),
        "timestamptz" => TimestampWithZone(value, column),
        // A cast of character(n) to text drops the padding.
        "bpchar" => value.TrimEnd(' '),
        _ => value,
    };

    /// <summary>Connect's Decimal: the unscaled value as a big-endian two's complement.</summary>
    public static string OfDecimal(ReadOnlySpan<byte> unscaled, int scale) => unscaled.Length <= DecimalBytesMax
        ? OfDecimal(new BigInteger(unscaled, isBigEndian: true), scale)
        : throw ChangeErrors.UnsupportedValue.With($"A number of {unscaled.Length} bytes.");

    public static string OfDecimal(BigInteger number, int scale)
    {
        if (Math.Abs((long)scale) > DecimalScaleMax)
        {
            throw ChangeErrors.UnsupportedValue.With($"A number of scale {scale}.");
        }

        var digits = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture);
        var sign = number.Sign < 0 ? "-" : "";
        if (scale <= 0)
        {
            return sign + digits + (number.IsZero ? "" : new string('0', -scale));
        }

        digits = digits.PadLeft(scale + 1, '0');
        return $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static long Micros(ColumnDescription column, long milliseconds) =>
        milliseconds is > long.MinValue / 1000 and < long.MaxValue / 1000
            ? milliseconds * 1000
            : throw Unsupported(column, milliseconds.ToString(CultureInfo.InvariantCulture));

    private static byte[] Bytes(ColumnDescription column, string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw Unsupported(column, base64);
        }
    }

    private static string Date(long days, ColumnDescription column) =>
        days is >= FirstDay and <= LastDay
            ? DateOnly.FromDayNumber(DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + (int)days).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : throw Unsupported(column, days.ToString(CultureInfo.InvariantCulture));

    private static string Timestamp(long micros, ColumnDescription column)
    {
        if (micros is < FirstDay * SecondsPerDay * MicrosPerSecond or >= (LastDay + 1) * SecondsPerDay * MicrosPerSecond)
        {
            throw Unsupported(column, micros.ToString(CultureInfo.InvariantCulture));
        }

        return Format(DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond));
    }

    private static string TimestampWithZone(string value, ColumnDescription column) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? Format(time.UtcDateTime) + "+00"
            : throw Unsupported(column, value);

    /// <summary>Postgres prints no trailing zeros of the fraction.</summary>
    private static string Format(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);

    private static Core.Errors.StreamsException Unsupported(ColumnDescription column, string value) =>
        ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type}, {value.Length} characters.");
}
