using System.Numerics;

namespace Avro;

/// <summary>An exact decimal: unscaled value × 10^−scale.</summary>
public readonly struct AvroDecimal(BigInteger unscaledValue, int scale) : IEquatable<AvroDecimal>
{
    /// <summary>Unscaled value.</summary>
    public BigInteger UnscaledValue { get; } = unscaledValue;

    /// <summary>Digits behind the point.</summary>
    public int Scale { get; } = scale;

    /// <inheritdoc/>
    public bool Equals(AvroDecimal other) => UnscaledValue == other.UnscaledValue && Scale == other.Scale;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AvroDecimal other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(UnscaledValue, Scale);

    /// <inheritdoc/>
    public override string ToString()
    {
        var digits = BigInteger.Abs(UnscaledValue).ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(Scale + 1, '0');
        var sign = UnscaledValue.Sign < 0 ? "-" : "";
        return Scale > 0 ? $"{sign}{digits[..^Scale]}.{digits[^Scale..]}" : sign + digits;
    }
}
