using System.Collections.Immutable;

namespace Streams.Core.Rules;

/// <summary>A test beside a rule: a change of a row, and the targets that it must invalidate.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Line">1-based line in the file.</param>
/// <param name="Operation">Debezium's letter: c, u, d, r or t.</param>
/// <param name="Before">Row before: column → text as Postgres casts it, null for NULL. Null: not sent.</param>
/// <param name="After">Row after.</param>
/// <param name="Expect">Targets, in any order.</param>
public sealed record RuleTest(
    string Name,
    int Line,
    string Operation,
    ImmutableDictionary<string, string?>? Before,
    ImmutableDictionary<string, string?>? After,
    ImmutableArray<string> Expect);
