using System.Collections.Immutable;
using System.Globalization;
using Streams.Core.Errors;

namespace Streams.Core.Rules;

/// <summary>One mistake, with its place.</summary>
/// <param name="Error">Catalogue entry.</param>
/// <param name="Line">1-based line in the file; 0 = the file as a whole.</param>
/// <param name="Detail">What is wrong here.</param>
/// <param name="Sql">Statement that mends it, where one does.</param>
public sealed record RuleMistake(StreamsError Error, int Line, string Detail, string? Sql = null)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        var place = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {Line}: ") : "";
        return $"{place}{Error.Code} {Error.Title}: {Detail} Remedy: {Error.Remedy}.{(Sql is null ? "" : $" SQL: {Sql}")}";
    }
}

/// <summary>All mistakes of a file, reported together.</summary>
public sealed class RuleMistakesException(string file, ImmutableArray<RuleMistake> mistakes)
    : Exception($"{file}: {mistakes.Length} mistake(s){Environment.NewLine}{string.Join(Environment.NewLine, mistakes.Select(m => "  " + m))}")
{
    /// <summary>In order of their lines.</summary>
    public ImmutableArray<RuleMistake> Mistakes { get; } = mistakes;
}
