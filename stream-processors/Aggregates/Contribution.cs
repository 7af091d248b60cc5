using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>A row's cells and arguments by the plan. Made anew for each row that goes in or out; the expressions depend on the row alone.</summary>
public sealed class Contribution(AggregatePlan plan)
{
    private readonly ValueWriter _group = new();
    private readonly ValueWriter _scratch = new();
    private readonly SqlValue[] _arguments = new SqlValue[plan.Measures.Length];
    private readonly List<Cell> _cells = [];

    /// <summary>Cells that the row is in; none when it does not count.</summary>
    public IReadOnlyList<Cell> Cells => _cells;

    /// <summary>The instant that the window is on; NULL without a window.</summary>
    public SqlValue Instant { get; private set; }

    /// <summary>Values of the measures' arguments.</summary>
    public ReadOnlySpan<SqlValue> Arguments => _arguments;

    /// <summary>Evaluates a row.</summary>
    public void Of(ReadOnlySpan<SqlValue> row)
    {
        _cells.Clear();
        if (plan.Where is { } where && !where.Evaluate(row).IsTrue)
        {
            return;
        }

        _group.Clear();
        foreach (var group in plan.Groups)
        {
            _group.Value(group.Expression.Evaluate(row), canonical: true);
        }

        Instant = plan.WindowOn?.Evaluate(row) ?? SqlValue.Null;
        foreach (var start in WindowMath.StartsOf(plan.Window, Instant))
        {
            _cells.Add(Cell.Of(_group.Written, start, _scratch));
        }

        for (var i = 0; i < _arguments.Length; i++)
        {
            _arguments[i] = plan.Measures[i].Argument?.Evaluate(row) ?? SqlValue.Null;
        }
    }
}
