using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Streams.Core.Expressions;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Core.Aggregates;

/// <summary>An aggregate bound to its table: every expression typed, every column in its place. What all parts of the pipeline work by.</summary>
/// <param name="Definition">As declared.</param>
/// <param name="Table">The table.</param>
/// <param name="Columns">Columns that expressions read, in the order of the rows that they take.</param>
/// <param name="Where">Bound condition, or null.</param>
/// <param name="Groups">Bound group columns.</param>
/// <param name="WindowOn">Bound instant of the window, or null.</param>
/// <param name="Measures">Bound measures.</param>
public sealed record AggregatePlan(
    AggregateDefinition Definition,
    TableDescription Table,
    ImmutableArray<ColumnDescription> Columns,
    Expression? Where,
    ImmutableArray<NamedExpression> Groups,
    Expression? WindowOn,
    ImmutableArray<Measure> Measures)
{
    /// <summary>Raised when the same definition comes to another state: a new epoch is begun for every aggregate then.</summary>
    public const int FoldVersion = 1;

    /// <summary>Name.</summary>
    public string Name => Definition.Name;

    /// <summary>Window, or null.</summary>
    public WindowDefinition? Window => Definition.Window;

    /// <summary>Whether its windows are sessions: their bounds follow the rows.</summary>
    public bool HasSessions => Window is { Kind: WindowKind.Session };

    /// <summary>Changes when the definition, the types of its columns or the fold changes: contributions of another hash are not mixed with these.</summary>
    public string Hash { get; } = HashOf(Definition, Table, Columns, Where, Groups, WindowOn, Measures);

    private static string HashOf(
        AggregateDefinition definition, TableDescription table, ImmutableArray<ColumnDescription> columns, Expression? where,
        ImmutableArray<NamedExpression> groups, Expression? on, ImmutableArray<Measure> measures)
    {
        var window = definition.Window;
        string[] parts =
        [
            FoldVersion.ToString(CultureInfo.InvariantCulture), table.Name, string.Join(",", table.PrimaryKey), where?.Sql ?? "",
            .. columns.Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Name}:{column.Type}:{column.Scale}")),
            .. groups.Select(group => $"{group.Name}={group.Expression.Sql}"),
            window is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{window.Kind}:{window.Size.Ticks}:{window.Advance.Ticks}:{window.Retain?.Ticks}:{on!.Sql}"),
            .. measures.Select(measure => string.Create(CultureInfo.InvariantCulture, $"{measure.Name}={measure.Kind}:{measure.Limit}:{measure.Argument?.Sql}")),
            definition.Partitions.ToString(CultureInfo.InvariantCulture),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))))[..32];
    }
}

/// <summary>A bound measure.</summary>
/// <param name="Name">Column.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Argument">Bound argument; null only for count of rows.</param>
/// <param name="Limit">How many, for top.</param>
/// <param name="Type">Type of the result; of one value, for top.</param>
public sealed record Measure(string Name, MeasureKind Kind, Expression? Argument, int Limit, SqlType Type)
{
    /// <summary>Type of the argument.</summary>
    public SqlType ArgumentType => Argument?.Type ?? SqlType.Boolean;

    /// <summary>Whether it is kept as the ordered set of its values.</summary>
    public bool IsOrdered => Kind is MeasureKind.Minimum or MeasureKind.Maximum or MeasureKind.Top;
}
