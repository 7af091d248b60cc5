using System.Globalization;
using System.Numerics;

namespace Streams.Core.Values;

/// <summary>
/// Postgres' <c>numeric</c>, exact: any number of digits, NaN and the infinities. 1.0 equals 1.00; the scale is how it is printed.
/// https://www.postgresql.org/docs/current/datatype-numeric.html
/// </summary>
public readonly struct PgNumeric : IEquatable<PgNumeric>, IComparable<PgNumeric>
{
    private const int DigitsPerGroup = 4;
    private const int MinimumSignificantDigits = 16;
    private const int MaximumDisplayScale = 1000;

    private PgNumeric(NumericKind kind) => (Unscaled, Scale, Kind) = (BigInteger.Zero, 0, kind);

    /// <summary>A finite number.</summary>
    /// <param name="unscaled">The number without its point.</param>
    /// <param name="scale">Digits after the point; below 0, zeros are appended and the scale is 0.</param>
    public PgNumeric(BigInteger unscaled, int scale) =>
        (Unscaled, Scale, Kind) = scale >= 0 ? (unscaled, scale, NumericKind.Finite) : (unscaled * BigInteger.Pow(10, -scale), 0, NumericKind.Finite);

    /// <summary>NaN: equal to itself and above everything.</summary>
    public static PgNumeric NaN { get; } = new(NumericKind.NaN);

    /// <summary>Infinity.</summary>
    public static PgNumeric PositiveInfinity { get; } = new(NumericKind.PositiveInfinity);

    /// <summary>-Infinity.</summary>
    public static PgNumeric NegativeInfinity { get; } = new(NumericKind.NegativeInfinity);

    /// <summary>The number without its point; 0 when it is not finite.</summary>
    public BigInteger Unscaled { get; }

    /// <summary>Digits after the point.</summary>
    public int Scale { get; }

    /// <summary>Finite or not.</summary>
    public NumericKind Kind { get; }

    /// <summary>Whether it is a number.</summary>
    public bool IsFinite => Kind == NumericKind.Finite;

    /// <summary>An integer.</summary>
    public static PgNumeric Of(long value) => new(value, 0);

    /// <summary>From Postgres' text.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PgNumeric Parse(string text)
    {
        switch (text)
        {
            case "NaN":
                return NaN;
            case "Infinity":
                return PositiveInfinity;
            case "-Infinity":
                return NegativeInfinity;
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : string.Concat(text.AsSpan(0, point), text.AsSpan(point + 1));
        return new PgNumeric(
            BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), point < 0 ? 0 : text.Length - point - 1);
    }

    /// <summary>Sum; the larger scale.</summary>
    public static PgNumeric operator +(PgNumeric a, PgNumeric b)
    {
        if (a.IsFinite && b.IsFinite)
        {
            var scale = Math.Max(a.Scale, b.Scale);
            return new PgNumeric(a.UnscaledAt(scale) + b.UnscaledAt(scale), scale);
        }

        return a.Kind == NumericKind.NaN || b.Kind == NumericKind.NaN || (!a.IsFinite && !b.IsFinite && a.Kind != b.Kind) ? NaN : a.IsFinite ? b : a;
    }

    /// <summary>Negation.</summary>
    public static PgNumeric operator -(PgNumeric a) => a.Kind switch
    {
        NumericKind.NaN => a,
        NumericKind.PositiveInfinity => NegativeInfinity,
        NumericKind.NegativeInfinity => PositiveInfinity,
        _ => new PgNumeric(-a.Unscaled, a.Scale),
    };

    /// <summary>Difference.</summary>
    public static PgNumeric operator -(PgNumeric a, PgNumeric b) => a + -b;

    /// <summary>Product; the scales add up.</summary>
    public static PgNumeric operator *(PgNumeric a, PgNumeric b)
    {
        if (a.IsFinite && b.IsFinite)
        {
            return new PgNumeric(a.Unscaled * b.Unscaled, a.Scale + b.Scale);
        }

        var sign = a.Sign * b.Sign;
        return a.Kind == NumericKind.NaN || b.Kind == NumericKind.NaN || sign == 0 ? NaN : sign > 0 ? PositiveInfinity : NegativeInfinity;
    }

    /// <summary>Equality of value.</summary>
    public static bool operator ==(PgNumeric a, PgNumeric b) => a.Equals(b);

    /// <summary>Inequality of value.</summary>
    public static bool operator !=(PgNumeric a, PgNumeric b) => !a.Equals(b);

    /// <summary>-1, 0 or 1; infinities have a sign, NaN has 0.</summary>
    public int Sign => Kind switch
    {
        NumericKind.PositiveInfinity => 1,
        NumericKind.NegativeInfinity => -1,
        _ => Unscaled.Sign,
    };

    /// <summary>
    /// Quotient with as many digits as Postgres gives: <c>select_div_scale</c> of src/backend/utils/adt/numeric.c, rounded half away from zero.
    /// Both finite, the divisor not 0.
    /// </summary>
    public static PgNumeric Divide(PgNumeric a, PgNumeric b)
    {
        var (weightA, firstA) = a.LeadingGroup();
        var (weightB, firstB) = b.LeadingGroup();
        var weight = weightA - weightB - (firstA <= firstB ? 1 : 0);
        var scale = MinimumSignificantDigits - (weight * DigitsPerGroup);
        scale = Math.Min(Math.Max(scale, Math.Max(Math.Max(a.Scale, b.Scale), 0)), MaximumDisplayScale);
        var shift = scale + b.Scale - a.Scale;
        var (dividend, divisor) = shift >= 0
            ? (BigInteger.Abs(a.Unscaled) * BigInteger.Pow(10, shift), BigInteger.Abs(b.Unscaled))
            : (BigInteger.Abs(a.Unscaled), BigInteger.Abs(b.Unscaled) * BigInteger.Pow(10, -shift));
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        quotient += 2 * rest >= divisor ? 1 : 0;
        return new PgNumeric(a.Sign * b.Sign < 0 ? -quotient : quotient, scale);
    }

    /// <summary>The unscaled number at another scale, which is not smaller.</summary>
    public BigInteger UnscaledAt(int scale) => scale == Scale ? Unscaled : Unscaled * BigInteger.Pow(10, scale - Scale);

    /// <summary>The same value without zeros at the end of the fraction.</summary>
    public PgNumeric Trimmed()
    {
        var (unscaled, scale) = (Unscaled, Scale);
        while (scale > 0)
        {
            var shorter = BigInteger.DivRem(unscaled, 10, out var digit);
            if (!digit.IsZero)
            {
                break;
            }

            (unscaled, scale) = (shorter, scale - 1);
        }

        return scale == Scale ? this : new PgNumeric(unscaled, scale);
    }

    /// <summary>The same value with at least this scale.</summary>
    public PgNumeric AtLeast(int scale) => IsFinite && Scale < scale ? new PgNumeric(UnscaledAt(scale), scale) : this;

    /// <inheritdoc/>
    public int CompareTo(PgNumeric other)
    {
        if (!IsFinite || !other.IsFinite)
        {
            return Rank.CompareTo(other.Rank);
        }

        var scale = Math.Max(Scale, other.Scale);
        return UnscaledAt(scale).CompareTo(other.UnscaledAt(scale));
    }

    /// <inheritdoc/>
    public bool Equals(PgNumeric other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PgNumeric other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Trimmed().Unscaled);

    /// <summary>As Postgres prints it.</summary>
    public override string ToString()
    {
        if (!IsFinite)
        {
            return Kind switch { NumericKind.NaN => "NaN", NumericKind.PositiveInfinity => "Infinity", _ => "-Infinity" };
        }

        var digits = BigInteger.Abs(Unscaled).ToString(CultureInfo.InvariantCulture);
        var sign = Unscaled.Sign < 0 ? "-" : "";
        if (Scale == 0)
        {
            return sign + digits;
        }

        digits = digits.PadLeft(Scale + 1, '0');
        return $"{sign}{digits[..^Scale]}.{digits[^Scale..]}";
    }

    private int Rank => Kind switch { NumericKind.NegativeInfinity => -1, NumericKind.Finite => 0, NumericKind.PositiveInfinity => 1, _ => 2 };

    /// <summary>Exponent (base 10,000) and value of the first group of four digits that is not 0.</summary>
    private (int Weight, BigInteger First) LeadingGroup()
    {
        if (Unscaled.IsZero)
        {
            return (0, BigInteger.Zero);
        }

        var size = BigInteger.Abs(Unscaled);
        var exponent = size.ToString(CultureInfo.InvariantCulture).Length - 1 - Scale;
        var weight = (int)Math.Floor(exponent / (double)DigitsPerGroup);
        var shift = -(weight * DigitsPerGroup) - Scale;
        return (weight, shift >= 0 ? size * BigInteger.Pow(10, shift) : size / BigInteger.Pow(10, -shift));
    }
}

/// <summary>Finite or one of the special values. Numbers are frozen: they are in stores and on topics.</summary>
public enum NumericKind : byte
{
    /// <summary>A number.</summary>
    Finite = 0,

    /// <summary>NaN.</summary>
    NaN = 1,

    /// <summary>Infinity.</summary>
    PositiveInfinity = 2,

    /// <summary>-Infinity.</summary>
    NegativeInfinity = 3,
}
