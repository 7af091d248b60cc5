using System.Text.RegularExpressions;

namespace Streams.Tidy.Tests;

/// <summary>docs/reference/configuration.md lists every setting, by the variable that an operator types.</summary>
public sealed partial class ConfigurationPageTests
{
    [Fact]
    public void Given_the_options_classes_When_the_page_is_read_Then_every_setting_is_there()
    {
        var page = Repository.Read("docs/reference/configuration.md");
        var variables = Repository.Files(".cs").Where(path => path.EndsWith("Options.cs", StringComparison.Ordinal) && !path.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(path => VariablesOf(Repository.Read(path))).ToList();

        Assert.NotEmpty(variables);
        Report.MustBeEmpty("Settings that the page lacks", variables.Where(variable => !page.Contains(variable, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> VariablesOf(string source)
    {
        // A file may hold several sections; each class is read from its section name to the next.
        var sections = SectionName().Matches(source);
        for (var i = 0; i < sections.Count; i++)
        {
            var end = i + 1 < sections.Count ? sections[i + 1].Index : source.Length;
            var prefix = sections[i].Groups[1].Value.Replace(":", "__", StringComparison.Ordinal);
            foreach (Match property in Property().Matches(source[sections[i].Index..end]))
            {
                yield return $"{prefix}__{property.Groups[1].Value}".ToUpperInvariant();
            }
        }
    }

    [GeneratedRegex("Section = \"(Streams:[A-Za-z:]+)\"")]
    private static partial Regex SectionName();

    [GeneratedRegex(@"public [\w<>?, ]+ (\w+) \{ get;")]
    private static partial Regex Property();
}
