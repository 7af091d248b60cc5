using System.Globalization;

namespace Streams.Tidy.Tests;

/// <summary>Long files and functions. What was long already is listed in ratchet.txt with its length, and may only get shorter.</summary>
public sealed class LengthTests
{
    private const int LongestFile = 800, LongestFunction = 70;

    private static readonly Dictionary<string, int> Ratchet = Repository.Read("tests/Streams.Tidy.Tests/ratchet.txt").Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));

    [Fact]
    public void Given_every_file_and_function_When_measured_Then_none_is_longer_than_its_limit()
    {
        var functions = Repository.Sources.SelectMany(file => file.Functions().Select(f => (Name: $"{file.Path}::{f.Name}", f.Lines)))
            .GroupBy(f => f.Name).Select(same => (Name: same.Key, Lines: same.Max(f => f.Lines), Limit: LongestFunction));
        var files = Repository.Sources.Select(file => (Name: file.Path, Lines: file.LineCount, Limit: LongestFile));
        var measured = files.Concat(functions).ToDictionary(m => m.Name);

        var tooLong = measured.Values.Where(m => m.Lines > Ratchet.GetValueOrDefault(m.Name, m.Limit))
            .Select(m => $"{m.Name} has {m.Lines} lines, allowed are {Ratchet.GetValueOrDefault(m.Name, m.Limit)}: give a part of it its own name");
        var loose = Ratchet.Where(r => !measured.TryGetValue(r.Key, out var m) || m.Lines < r.Value)
            .Select(r => $"ratchet.txt: {r.Key} {r.Value}: it is shorter now, so lower the number, or take the line out when it is at the limit");
        Report.MustBeEmpty("Lengths", tooLong.Concat(loose));
    }
}
