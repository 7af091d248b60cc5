namespace Streams.Local.Processes;

/// <summary>Log files of children.</summary>
public static class LogFile
{
    private const int TailLines = 15;
    private const int ErrorLines = 8;
    private const int TailBytes = 65_536;

    // As Log4j, Postgres and .NET's console write them.
    private static readonly string[] ErrorMarks = [" ERROR ", " ERROR: ", " FATAL ", " FATAL: ", "Caused by: ", "fail: ", "crit: "];

    /// <summary>
    /// The last lines of a log with its path, ready to be put into an error; before them the last errors above them, since a server
    /// that ends by itself says the cause before it says what it closes.
    /// </summary>
    public static string Tail(string path)
    {
        if (!File.Exists(path))
        {
            return $"No log at {path}.";
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
        using var reader = new StreamReader(stream);
        var lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] errors = [.. lines.SkipLast(TailLines).Where(IsError).TakeLast(ErrorLines)];
        return $"{Passage($"Last errors in {path}", errors)}{Passage($"Last lines of {path}", lines.TakeLast(TailLines))}";
    }

    private static string Passage(string title, IEnumerable<string> lines) =>
        lines.Any() ? $"{title}:\n  {string.Join("\n  ", lines)}\n" : string.Empty;

    private static bool IsError(string line) => ErrorMarks.Any(mark => line.Contains(mark, StringComparison.Ordinal));
}
