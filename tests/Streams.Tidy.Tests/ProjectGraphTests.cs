using System.Xml.Linq;

namespace Streams.Tidy.Tests;

/// <summary>The references between projects, and to packages, are those of allowed-edges.txt.</summary>
public sealed class ProjectGraphTests
{
    private const string AllowedFile = "tests/Streams.Tidy.Tests/allowed-edges.txt";

    [Fact]
    public void Given_every_project_When_its_references_are_read_Then_they_are_the_allowed_ones()
    {
        var allowed = Repository.Read(AllowedFile).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        var actual = Repository.Files(".csproj").Where(IsProduct).SelectMany(Edges).ToArray();
        var added = actual.Except(allowed).Select(edge => $"not allowed: {edge}");
        var gone = allowed.Except(actual).Select(edge => $"no longer there, take it out of allowed-edges.txt: {edge}");
        Report.MustBeEmpty("References", added.Concat(gone));
    }

    [Fact]
    public void Given_the_list_of_allowed_references_When_opened_Then_it_first_asks_its_reader_to_think() =>
        Assert.StartsWith("# Think before you edit", Repository.Read(AllowedFile), StringComparison.Ordinal);

    [Fact]
    public void Given_every_project_When_the_solution_is_read_Then_it_is_in_it()
    {
        var solution = Repository.Read("Streams.sln").Replace('\\', '/');
        Report.MustBeEmpty("Projects that Streams.sln lacks", Repository.Files(".csproj").Where(path => !solution.Contains($"\"{path}\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Given_the_references_When_followed_Then_no_project_reaches_itself()
    {
        var edges = Repository.Files(".csproj").SelectMany(Edges).Select(e => e.Split(" -> ")).ToLookup(e => e[0], e => e[1]);
        var cycles = edges.Select(from => from.Key).Where(start => Reaches(edges, start, start, []));
        Report.MustBeEmpty("Projects that reach themselves", cycles);
    }

    [Fact]
    public void Given_every_stand_in_When_its_guide_is_read_Then_it_is_described_and_replaced()
    {
        var (guide, targets) = (Repository.Read("feed/README.md"), Repository.Read("feed/feed.targets"));
        var names = Repository.Files(".csproj").Where(path => path.StartsWith("feed/", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path)!);
        Report.MustBeEmpty(
            "Stand-ins that feed/README.md does not describe or feed.targets does not use",
            names.Where(name => !guide.Contains($"| {name} ", StringComparison.Ordinal) || !targets.Contains(name, StringComparison.Ordinal)));
    }

    private static bool IsProduct(string path) =>
        !path.StartsWith("tests/", StringComparison.Ordinal) && !path.StartsWith("feed/", StringComparison.Ordinal);

    private static IEnumerable<string> Edges(string path)
    {
        var project = XDocument.Parse(Repository.Read(path));
        var from = Path.GetFileNameWithoutExtension(path);
        var projects = project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
        var packages = project.Descendants("PackageReference").Select(r => $"package {r.Attribute("Include")!.Value}");
        return projects.Concat(packages).Select(to => $"{from} -> {to}");
    }

    private static bool Reaches(ILookup<string, string> edges, string from, string goal, HashSet<string> seen) =>
        edges[from].Any(next => next == goal || (seen.Add(next) && Reaches(edges, next, goal, seen)));
}
