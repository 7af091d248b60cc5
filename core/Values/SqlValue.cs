using System.Globalization;

namespace Streams.Core.Values;

/// <summary>One value of a column or expression. Equal as SQL's IS NOT DISTINCT FROM: NULL equals NULL, 1.0 equals 1.00, NaN equals NaN.</summary>
public readonly struct SqlValue : IEquatable<SqlValue>, IComparable<SqlValue>
{
    private static readonly DateTime Epoch = DateTime.UnixEpoch;
    private readonly long _number;
    private readonly object? _reference;

    private SqlValue(SqlKind kind, long number, object? reference) => (Kind, _number, _reference) = (kind, number, reference);

    /// <summary>NULL.</summary>
    public static SqlValue Null => default;

    /// <summary>TRUE.</summary>
    public static SqlValue True { get; } = new(SqlKind.Boolean, 1, null);

    /// <summary>FALSE.</summary>
    public static SqlValue False { get; } = new(SqlKind.Boolean, 0, null);

    /// <summary>Something that is not NULL and of which no more is known.</summary>
    public static SqlValue Opaque { get; } = new(SqlKind.Opaque, 0, null);

    /// <summary>How it is held.</summary>
    public SqlKind Kind { get; }

    /// <summary>Whether it is NULL.</summary>
    public bool IsNull => Kind == SqlKind.Null;

    /// <summary>Whether it is TRUE (not FALSE, not NULL).</summary>
    public bool IsTrue => Kind == SqlKind.Boolean && _number != 0;

    /// <summary>A truth value.</summary>
    public static SqlValue Of(bool value) => value ? True : False;

    /// <summary>An integer.</summary>
    public static SqlValue Of(long value) => new(SqlKind.Integer, value, null);

    /// <summary>A number.</summary>
    public static SqlValue Of(PgNumeric value) => new(SqlKind.Numeric, 0, value);

    /// <summary>A text.</summary>
    public static SqlValue Of(string value) => new(SqlKind.Text, 0, value);

    /// <summary>An instant or a day.</summary>
    /// <param name="kind">Date, Timestamp or TimestampTz.</param>
    /// <param name="value">Days, or microseconds, since 1970.</param>
    public static SqlValue Time(SqlKind kind, long value) => new(kind, value, null);

    /// <summary>Integer, days, microseconds, or 0 and 1 of a truth value.</summary>
    public long Number => _number;

    /// <summary>The text of a text.</summary>
    public string Text => (string)_reference!;

    /// <summary>An integer or numeric as numeric.</summary>
    public PgNumeric Numeric => Kind == SqlKind.Integer ? PgNumeric.Of(_number) : (PgNumeric)_reference!;

    /// <summary>A date or timestamp as microseconds since 1970.</summary>
    public long Micros => Kind == SqlKind.Date ? _number * 86_400_000_000 : _number;

    /// <inheritdoc/>
    public int CompareTo(SqlValue other) => (Kind, other.Kind) switch
    {
        (SqlKind.Integer, SqlKind.Integer) => _number.CompareTo(other._number),
        (SqlKind.Integer or SqlKind.Numeric, SqlKind.Integer or SqlKind.Numeric) => Numeric.CompareTo(other.Numeric),
        (SqlKind.Text, SqlKind.Text) => string.CompareOrdinal(Text, other.Text),
        (SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampTz, SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampTz) => Micros.CompareTo(other.Micros),
        _ when Kind == other.Kind => _number.CompareTo(other._number),
        _ => Kind.CompareTo(other.Kind),
    };

    /// <inheritdoc/>
    public bool Equals(SqlValue other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SqlValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind switch
    {
        SqlKind.Numeric => Numeric.GetHashCode(),
        SqlKind.Integer => Numeric.GetHashCode(),
        SqlKind.Text => Text.GetHashCode(StringComparison.Ordinal),
        _ => _number.GetHashCode(),
    };

    /// <summary>As Postgres casts it to text, time zone UTC; null for NULL.</summary>
    public string? ToText() => Kind switch
    {
        SqlKind.Null => null,
        SqlKind.Boolean => IsTrue ? "true" : "false",
        SqlKind.Integer => _number.ToString(CultureInfo.InvariantCulture),
        SqlKind.Numeric => Numeric.ToString(),
        SqlKind.Text => Text,
        SqlKind.Date => Epoch.AddDays(_number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        SqlKind.Timestamp => Print(_number),
        SqlKind.TimestampTz => Print(_number) + "+00",
        _ => "?",
    };

    /// <inheritdoc/>
    public override string ToString() => ToText() ?? "NULL";

    private static string Print(long micros) =>
        Epoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
}
