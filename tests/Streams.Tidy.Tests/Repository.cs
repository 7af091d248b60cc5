using System.Reflection;

namespace Streams.Tidy.Tests;

/// <summary>The files of the repository as these tests read them. Built, fetched and private files are not part of it.</summary>
internal static class Repository
{
    private static readonly string[] Skipped = [".git", ".streams", "bin", "obj", "node_modules", "target", "TestResults"];

    /// <summary>Absolute path of the root, with a slash at its end.</summary>
    internal static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepoRoot").Value!;

    /// <summary>Every C# file.</summary>
    internal static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files(".cs").Select(path => new SourceFile(path, Read(path)))];

    /// <summary>C# files of the product: what is neither a test nor a stand-in.</summary>
    internal static IEnumerable<SourceFile> Product => Sources.Where(s => !s.IsTest && !s.Path.StartsWith("feed/", StringComparison.Ordinal));

    /// <summary>Files with one of these extensions, relative to the root, in order.</summary>
    internal static IEnumerable<string> Files(params string[] extensions) =>
        Walk(Root).Where(path => extensions.Contains(System.IO.Path.GetExtension(path))).Order(StringComparer.Ordinal);

    /// <summary>Text of a file given by its path from the root.</summary>
    internal static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return Path.GetRelativePath(Root, file).Replace('\\', '/');
        }

        var below = Directory.EnumerateDirectories(folder).Where(f => !Skipped.Contains(Path.GetFileName(f)));
        foreach (var file in below.SelectMany(Walk))
        {
            yield return file;
        }
    }
}
