using System.Numerics;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>
/// A sum from which values can be taken out again: exact, with the special values counted beside it, and with the scales counted when they vary,
/// because Postgres prints a sum with the largest scale of what is in it.
/// </summary>
public sealed class SumState
{
    private readonly SortedDictionary<int, long> _scales = [];
    private BigInteger _sum;
    private int _scale;

    /// <summary>Values that are not NULL.</summary>
    public long Count { get; private set; }

    private long NaNs { get; set; }

    private long PositiveInfinities { get; set; }

    private long NegativeInfinities { get; set; }

    /// <summary>The sum; of nothing: 0.</summary>
    public PgNumeric Sum => NaNs > 0 || (PositiveInfinities > 0 && NegativeInfinities > 0) ? PgNumeric.NaN
        : PositiveInfinities > 0 ? PgNumeric.PositiveInfinity
        : NegativeInfinities > 0 ? PgNumeric.NegativeInfinity
        : AtScale(_scales.Count == 0 ? 0 : _scales.Keys.Last());

    /// <summary>Puts a value in (+1) or takes it out (-1).</summary>
    public void Add(PgNumeric value, int sign)
    {
        Count += sign;
        switch (value.Kind)
        {
            case NumericKind.NaN:
                NaNs += sign;
                return;
            case NumericKind.PositiveInfinity:
                PositiveInfinities += sign;
                return;
            case NumericKind.NegativeInfinity:
                NegativeInfinities += sign;
                return;
        }

        AddFinite(value.Unscaled * sign, value.Scale);
        CountScale(value.Scale, sign);
    }

    /// <summary>Puts another state in.</summary>
    public void Merge(SumState other)
    {
        Count += other.Count;
        NaNs += other.NaNs;
        PositiveInfinities += other.PositiveInfinities;
        NegativeInfinities += other.NegativeInfinities;
        AddFinite(other._sum, other._scale);
        foreach (var (scale, count) in other._scales)
        {
            CountScale(scale, count);
        }
    }

    /// <summary>Bytes; equal states give equal bytes.</summary>
    public void Write(ValueWriter writer)
    {
        // The scale that the sum is held at may be left from values long gone.
        var scale = _scales.Count == 0 ? 0 : _scales.Keys.Last();
        writer.Number(Count).Number(NaNs).Number(PositiveInfinities).Number(NegativeInfinities).Number(scale).Big(AtScale(scale).Unscaled).Number(_scales.Count);
        foreach (var (at, count) in _scales)
        {
            writer.Number(at).Number(count);
        }
    }

    /// <summary>From the bytes.</summary>
    public static SumState Read(ref ValueReader reader)
    {
        var state = new SumState
        {
            Count = reader.Number(), NaNs = reader.Number(), PositiveInfinities = reader.Number(), NegativeInfinities = reader.Number(), _scale = (int)reader.Number(),
        };
        state._sum = reader.Big();
        for (var left = reader.Number(); left > 0; left--)
        {
            var scale = (int)reader.Number();
            state._scales[scale] = reader.Number();
        }

        return state;
    }

    private void AddFinite(BigInteger unscaled, int scale)
    {
        if (scale > _scale)
        {
            (_sum, _scale) = (_sum * BigInteger.Pow(10, scale - _scale), scale);
        }

        _sum += scale == _scale ? unscaled : unscaled * BigInteger.Pow(10, _scale - scale);
    }

    private void CountScale(int scale, long change)
    {
        var count = _scales.GetValueOrDefault(scale) + change;
        if (count == 0)
        {
            _scales.Remove(scale);
        }
        else
        {
            _scales[scale] = count;
        }
    }

    /// <summary>The finite part at the largest scale that is in it: digits beyond are zeros.</summary>
    private PgNumeric AtScale(int scale) =>
        scale >= _scale ? new PgNumeric(_sum, _scale).AtLeast(scale) : new PgNumeric(_sum / BigInteger.Pow(10, _scale - scale), scale);
}
