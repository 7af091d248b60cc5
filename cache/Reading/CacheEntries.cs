using Streams.Core.Rules;

namespace Streams.Cache.Reading;

/// <summary>Entries as the rules of <c>streams.yaml</c> name them, so that readers and invalidations agree on keys and tags.</summary>
public static class CacheEntries
{
    /// <summary>The entry of one key of a rule.</summary>
    /// <param name="rule">Gives the time to live.</param>
    /// <param name="template">One of the rule's key templates.</param>
    /// <param name="column">Gives a column's text as Postgres prints it.</param>
    /// <exception cref="ArgumentException">A column of the template has no value.</exception>
    public static CacheEntry ForKey(CacheRule rule, KeyTemplate template, Func<string, string?> column) =>
        new(Fill(template, column), [template.Family], rule.TimeToLive);

    /// <summary>An entry under one of a rule's patterns: the pattern's last <c>*</c> gives way to <paramref name="suffix"/>.</summary>
    /// <param name="rule">Gives the time to live.</param>
    /// <param name="template">One of the rule's patterns.</param>
    /// <param name="column">Gives a column's text as Postgres prints it.</param>
    /// <param name="suffix">What tells this entry from others under the same pattern, such as <c>page:2</c>. Without <c>*</c>.</param>
    /// <exception cref="ArgumentException">A column of the template has no value, or the suffix contains <c>*</c>.</exception>
    public static CacheEntry ForPattern(CacheRule rule, KeyTemplate template, Func<string, string?> column, string suffix)
    {
        if (suffix.Contains('*', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{suffix}' contains a wildcard.", nameof(suffix));
        }

        var tag = Fill(template, column);
        var star = tag.LastIndexOf('*');
        return star >= 0
            ? new CacheEntry(string.Concat(tag.AsSpan(0, star), suffix, tag.AsSpan(star + 1)), [tag, template.Family], rule.TimeToLive)
            : throw new ArgumentException($"'{template}' is not a pattern.", nameof(template));
    }

    private static string Fill(KeyTemplate template, Func<string, string?> column) =>
        template.Fill(column) ?? throw new ArgumentException($"A column of '{template}' has no value.", nameof(column));
}
