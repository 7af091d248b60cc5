using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;

namespace Streams.Tidy.Tests;

public sealed class BannedCallTests
{
    private static readonly (string Path, string Call)[] Exempt =
    [
        ("cli/", "Console."),
        ("schemas/generator/", "Console."),
        // A host speaks there when it cannot start, before there is a logger.
        ("core/hosting/", "Console."),
        // The soak's own faults, on the private Redis that it started.
        ("cli/Soak/", "FlushAllDatabases"),
    ];

    [Fact]
    public void Given_the_product_When_read_Then_it_makes_no_banned_call() =>
        Report.MustBeEmpty("Banned calls", Repository.Product.SelectMany(file => Find(file, [.. BannedCall.InProduct, .. BannedCall.Everywhere])));

    [Fact]
    public void Given_tests_and_stand_ins_When_read_Then_they_do_not_sleep_or_swallow() =>
        Report.MustBeEmpty("Banned calls", Repository.Sources.Except(Repository.Product).SelectMany(file => Find(file, BannedCall.Everywhere)));

    [Fact]
    public void Given_the_scripts_for_Redis_When_read_Then_they_do_not_walk_the_keyspace() =>
        Report.MustBeEmpty(
            "KEYS, SCAN or FLUSH in a script; use the fence's own keys",
            Repository.Files(".lua").Where(path => Regex.IsMatch(Repository.Read(path), @"call\(\s*['""](KEYS|SCAN|FLUSH\w+)['""]", RegexOptions.IgnoreCase)));

    [Theory]
    [InlineData("var x = System.DateTime.UtcNow;")]
    [InlineData("var x = DateTimeOffset.Now;")]
    [InlineData("var id = Guid.NewGuid();")]
    [InlineData("var r = new Random();")]
    [InlineData("var v = ReadAsync().Result;")]
    [InlineData("task.Wait();")]
    [InlineData("task.GetAwaiter().GetResult();")]
    [InlineData("Thread.Sleep(1);")]
    [InlineData("await Task.Delay(5);")]
    [InlineData("await Task.Delay(5, token);")]
    [InlineData("database.Execute(\"FLUSHALL\");")]
    [InlineData("server.FlushDatabase();")]
    [InlineData("try { } catch (Exception) { /* why not */ }")]
    [InlineData("#pragma warning disable CA1000\n")]
    public void Given_a_banned_call_When_searched_Then_it_is_found(string code) =>
        Assert.NotEmpty(Find(new SourceFile("x.cs", code), [.. BannedCall.InProduct, .. BannedCall.Everywhere]));

    [Theory]
    [InlineData("await Task.Delay(pause, clock, token);")]
    [InlineData("await Task.Delay(pause, TimeProvider.System, token);")]
    [InlineData("return ErrorKind.Result;")]
    [InlineData("// DateTime.Now is banned\nvar text = \"Thread.Sleep(1)\";")]
    [InlineData("gate.Wait(limit);")]
    public void Given_an_allowed_call_When_searched_Then_nothing_is_found(string code) =>
        Assert.Empty(Find(new SourceFile("x.cs", code), [.. BannedCall.InProduct, .. BannedCall.Everywhere]));

    private static IEnumerable<string> Find(SourceFile file, IReadOnlyList<BannedCall> banned) =>
        from node in file.Tree.GetRoot().DescendantNodes(descendIntoTrivia: true).OfType<CSharpSyntaxNode>()
        from call in banned
        where call.Finds(node) && !Exempt.Any(e => file.Path.StartsWith(e.Path, StringComparison.Ordinal) && node.ToString().Contains(e.Call, StringComparison.Ordinal))
        select $"{file.At(node.GetLocation())}: {node.ToString().Split('\n')[0]} → {call.Instead}";
}
