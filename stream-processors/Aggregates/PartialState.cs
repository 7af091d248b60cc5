using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>What one raw partition contributes to a cell, as far as it is kept in one piece: the number of rows, and counts and sums by measure.</summary>
public sealed class PartialState
{
    private readonly ImmutableArray<Measure> _measures;
    private readonly long[] _counts;
    private readonly SumState?[] _sums;

    /// <summary>Nothing.</summary>
    public PartialState(AggregatePlan plan)
    {
        _measures = plan.Measures;
        _counts = new long[_measures.Length];
        _sums = [.. _measures.Select(measure => measure.Kind is MeasureKind.Sum or MeasureKind.Average ? new SumState() : null)];
    }

    /// <summary>Rows; 0: SQL has no such group.</summary>
    public long Rows { get; private set; }

    /// <summary>Values of a measure that are not NULL.</summary>
    public long Count(int measure) => _sums[measure]?.Count ?? _counts[measure];

    /// <summary>Sum of a measure.</summary>
    public SumState Sum(int measure) => _sums[measure]!;

    /// <summary>Puts a row in (+1) or takes it out (-1).</summary>
    /// <param name="arguments">Values of the measures' arguments; NULL where there is none.</param>
    /// <param name="sign">+1 or -1.</param>
    public void Add(ReadOnlySpan<SqlValue> arguments, int sign)
    {
        Rows += sign;
        for (var i = 0; i < _measures.Length; i++)
        {
            if (_measures[i].Argument is null)
            {
                _counts[i] += sign;
            }
            else if (!arguments[i].IsNull)
            {
                Add(i, arguments[i], sign);
            }
        }
    }

    /// <summary>Puts another partition's state in.</summary>
    public void Merge(PartialState other)
    {
        Rows += other.Rows;
        for (var i = 0; i < _measures.Length; i++)
        {
            _counts[i] += other._counts[i];
            _sums[i]?.Merge(other._sums[i]!);
        }
    }

    /// <summary>Bytes; equal states give equal bytes.</summary>
    public void Write(ValueWriter writer)
    {
        writer.Number(Rows);
        for (var i = 0; i < _measures.Length; i++)
        {
            if (_sums[i] is { } sum)
            {
                sum.Write(writer);
            }
            else
            {
                writer.Number(_counts[i]);
            }
        }
    }

    /// <summary>From the bytes.</summary>
    public static PartialState Read(AggregatePlan plan, ref ValueReader reader)
    {
        var state = new PartialState(plan) { Rows = reader.Number() };
        for (var i = 0; i < state._measures.Length; i++)
        {
            if (state._sums[i] is not null)
            {
                state._sums[i] = SumState.Read(ref reader);
            }
            else
            {
                state._counts[i] = reader.Number();
            }
        }

        return state;
    }

    private void Add(int measure, SqlValue value, int sign)
    {
        if (_sums[measure] is { } sum)
        {
            sum.Add(value.Numeric, sign);
        }
        else
        {
            _counts[measure] += sign;
        }
    }
}
