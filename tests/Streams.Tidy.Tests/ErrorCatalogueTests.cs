using System.Text;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streams.Tidy.Tests;

/// <summary>Numbered errors: each number once, each used, all listed for the reader.</summary>
public sealed class ErrorCatalogueTests
{
    private const string Document = "docs/reference/errors.md";

    private static readonly (char Digit, string Area)[] Areas =
    [
        ('1', "Configuration and rules"), ('2', "Capture and envelopes"), ('3', "Kafka"), ('4', "Redis and the cache protocol"),
        ('5', "Postgres and the HTTP API"), ('6', "Schemas and registry"), ('7', "Local stack, set-up and command line"), ('9', "Invariants"),
    ];

    [Fact]
    public void Given_the_catalogues_When_read_Then_each_number_is_given_once() =>
        Report.MustBeEmpty("Numbers given twice", ErrorEntry.All.GroupBy(e => e.Code).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(e => e.At))}"));

    [Fact]
    public void Given_the_catalogues_When_read_Then_each_entry_says_what_is_wrong_and_what_mends_it() =>
        Report.MustBeEmpty("Entries without literal title and remedy", ErrorEntry.All.Where(e => e.Title.Length == 0 || e.Remedy.Length == 0).Select(e => $"{e.Code} {e.At}"));

    [Fact]
    public void Given_the_catalogues_When_the_code_is_read_Then_each_entry_is_used()
    {
        var used = Repository.Product.SelectMany(f => f.Nodes<IdentifierNameSyntax>()).Select(n => n.Identifier.Text).ToHashSet();
        Report.MustBeEmpty("Entries that nothing uses", ErrorEntry.All.Where(e => e.Field is { } field && !used.Contains(field)).Select(e => $"{e.Code} {e.At}: {e.Field}"));
    }

    /// <summary>With STREAMS_UPDATE=1 in the environment the page is written instead.</summary>
    [Fact]
    public void Given_the_catalogues_When_the_page_is_read_Then_it_lists_them_as_they_are()
    {
        var path = Path.Combine(Repository.Root, Document);
        var wanted = Page();
        if (Environment.GetEnvironmentVariable("STREAMS_UPDATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, wanted);
        }

        var there = File.Exists(path) ? File.ReadAllText(path) : "";
        Report.MustBeEmpty(
            $"{Document} is not what the code says; write it anew with STREAMS_UPDATE=1 ./streams test {nameof(ErrorCatalogueTests)}",
            wanted.Split('\n').Except(there.Split('\n')).Concat(there.Split('\n').Except(wanted.Split('\n'))));
    }

    private static string Page()
    {
        var page = new StringBuilder("# Errors\n\nWritten from the code by ErrorCatalogueTests; do not edit. A number never changes its meaning.\n\n")
            .Append("Kinds: *result* is answered to the caller; *transient* is retried within a bounded budget; *permanent* needs a person; ")
            .Append("*poison* is one record that can never be processed and is parked; *invariant* stops the host.\n");
        foreach (var (digit, area) in Areas)
        {
            var entries = ErrorEntry.All.Where(e => e.Code[3] == digit).ToArray();
            if (entries.Length > 0)
            {
                page.Append('\n').Append("## ").Append(area).Append("\n\n| code | kind | what | remedy |\n|---|---|---|---|\n");
                foreach (var e in entries)
                {
                    page.Append($"| {e.Code} | {e.Kind.ToLowerInvariant()} | {Cell(e.Title)} | {Cell(e.Remedy)} |\n");
                }
            }
        }

        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');
}
