using System.ComponentModel.DataAnnotations;

namespace Streams.IngestApi.Http.Body;

/// <summary>An id: a positive 64-bit integer.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RowIdAttribute : RangeAttribute
{
    /// <summary>1 … 2^63 − 1.</summary>
    public RowIdAttribute()
        : base(typeof(long), "1", "9223372036854775807")
    {
        ParseLimitsInInvariantCulture = true;
        ErrorMessage = "Must be a positive integer.";
    }
}

/// <summary>An amount of money: at most two decimals, up to 9,999,999,999.99.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MoneyAttribute : RangeAttribute
{
    /// <param name="minimum">Smallest amount allowed.</param>
    public MoneyAttribute(string minimum = "0")
        : base(typeof(decimal), minimum, "9999999999.99")
    {
        ParseLimitsInInvariantCulture = true;
        ErrorMessage = $"Must be between {minimum} and 9999999999.99 with at most two decimals.";
    }

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        base.IsValid(value) && (value is not decimal amount || decimal.Round(amount, 2) == amount);
}
