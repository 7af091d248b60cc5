using System.Text.RegularExpressions;

namespace Streams.Tidy.Tests;

public sealed class TextTests
{
    private static readonly string[] Written = [".cs", ".sh", ".sql", ".lua", ".yaml", ".yml", ".json", ".csproj", ".props", ".targets", ".md", ".xml", ".avsc"];

    [Fact]
    public void Given_comments_When_read_Then_an_open_end_carries_the_number_of_its_issue()
    {
        var open = new Regex(@"\b(TODO|FIXME|HACK|XXX)\b(?!\(#\d+\))");
        var inCode = Repository.Sources.SelectMany(file => file.Comments.Where(c => open.IsMatch(c.ToString())).Select(c => file.At(c.GetLocation())));
        var elsewhere = Repository.Files(".sh", ".sql", ".lua", ".yaml", ".yml", ".props", ".targets").Where(path => open.IsMatch(Repository.Read(path)));
        Report.MustBeEmpty("Open ends without an issue, write TODO(#N)", inCode.Concat(elsewhere));
    }

    [Fact]
    public void Given_any_text_When_read_Then_no_path_of_somebodys_machine_is_in_it()
    {
        // Put together here, or this file would find itself.
        var machine = new Regex(@"(?<![\w.~}/-])/(" + "wor" + "k|home/[a-z]+|ro" + "ot)/|[A-Z]:" + @"\\\\?Users");
        Report.MustBeEmpty("Paths of a machine", Repository.Files(Written).SelectMany(path => Lines(path, machine)));
    }

    [Fact]
    public void Given_any_text_When_read_Then_lines_end_as_they_should()
    {
        var bad = Repository.Files(Written).Where(path => Repository.Read(path) is { Length: > 0 } text && (text.Contains('\r') || text[^1] != '\n'));
        Report.MustBeEmpty("Carriage returns, or no line end at the end of the file", bad);
    }

    private static IEnumerable<string> Lines(string path, Regex pattern) =>
        Repository.Read(path).Split('\n').Select((line, at) => (line, at)).Where(l => pattern.IsMatch(l.line)).Select(l => $"{path}:{l.at + 1}: {l.line.Trim()}");
}
