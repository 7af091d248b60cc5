using System.Collections.Immutable;
using System.Globalization;

namespace Streams.AnalyticsSink.Reading;

/// <summary>SQL with positional parameters.</summary>
/// <param name="Sql">Text.</param>
/// <param name="Parameters">Values of $1, $2, …</param>
public sealed record Statement(string Sql, ImmutableArray<object> Parameters);

/// <summary>Conditions, and the parameters that they take.</summary>
public sealed class Conditions
{
    private readonly List<string> _texts = [];
    private readonly List<object> _values = [];

    /// <summary>Values so far.</summary>
    public ImmutableArray<object> Values => [.. _values];

    /// <summary><c>WHERE …</c>, or nothing.</summary>
    public string Where => _texts.Count == 0 ? "" : $" WHERE {string.Join(" AND ", _texts)}";

    /// <summary>Adds a condition.</summary>
    public void Add(string condition) => _texts.Add(condition);

    /// <summary>Adds a value and gives its place: <c>$3</c>.</summary>
    public string Place(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${_values.Count}");
    }
}
