using System.Globalization;

namespace Streams.AnalyticsSink.Reading;

/// <summary>How far the follower of a change stream is: the id of an event.</summary>
/// <param name="Table">Table that the changes are of; a new definition has another.</param>
/// <param name="Change">Number of the last change that was seen; 0: none.</param>
public readonly record struct ChangePosition(long Table, long Change)
{
    /// <summary><c>12.3456</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Table}.{Change}");

    /// <summary>From the id of an event; null: it is none.</summary>
    public static ChangePosition? Parse(string text) =>
        text.Split('.') is [var table, var change]
        && long.TryParse(table, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && long.TryParse(change, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new ChangePosition(id, number)
            : null;
}

/// <summary>What a table says of its changes.</summary>
/// <param name="Table">Table that is served.</param>
/// <param name="Last">Every change up to this one is visible.</param>
/// <param name="Forgotten">Rows that were removed up to this change are not there to be told of.</param>
public readonly record struct ChangeLimits(long Table, long Last, long Forgotten);

/// <summary>One who follows the changes of a table.</summary>
/// <param name="Position">What he has seen.</param>
/// <param name="Spared">What was forgotten when he began with nothing: he never heard of it, so it is not missed.</param>
public readonly record struct ChangeFollower(ChangePosition Position, long Spared)
{
    /// <summary>Begins with nothing: every row that there is comes first.</summary>
    public static ChangeFollower FromStart(ChangeLimits limits) => new(new ChangePosition(limits.Table, 0), limits.Forgotten);

    /// <summary>Whether he would miss something by going on: he has to begin anew.</summary>
    public bool IsTooOld(ChangeLimits limits) =>
        Position.Table != limits.Table || Position.Change > limits.Last || Math.Max(Position.Change, Spared) < limits.Forgotten;

    /// <summary>After another change.</summary>
    public ChangeFollower At(long change) => this with { Position = Position with { Change = change } };
}
