using System.Collections.Immutable;
using Streams.Core.Rules;

namespace Streams.Configuration;

/// <summary>One entry of <c>tests:</c> beside a rule: <c>{ name, op, before, after, expect }</c>.</summary>
internal static class RuleTestReader
{
    public static ImmutableArray<RuleTest> Read(YamlSection rule) =>
        rule.Has("tests") ? [.. rule.Sections("tests").Select(ReadOne)] : [];

    private static RuleTest ReadOne(YamlSection section)
    {
        section.AllowOnly("name", "op", "before", "after", "expect");
        var test = new RuleTest(
            section.Text("name"), section.Line, section.Text("op"), Row(section, "before"), Row(section, "after"), section.Texts("expect", emptyToo: true));
        if (Lacking(test) is { } lacking)
        {
            section.Mistakes.Add(new RuleMistake(RuleErrors.BadTest, section.Line, $"Test '{test.Name}' {lacking}."));
        }

        return test;
    }

    private static ImmutableDictionary<string, string?>? Row(YamlSection section, string field) =>
        section.Has(field) ? section.Section(field).Columns() : null;

    private static string? Lacking(RuleTest test) => test.Operation switch
    {
        "c" or "r" or "u" => test.After is null ? "needs after:" : null,
        "d" => test.Before is null ? "needs before:" : null,
        "t" => null,
        _ => "has an op that is none of c, u, d, r, t",
    };
}
