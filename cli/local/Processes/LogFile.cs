namespace Streams.Local.Processes;

/// <summary>Log files of children.</summary>
public static class LogFile
{
    private const int TailLines = 15;
    private const int TailBytes = 16_384;

    /// <summary>The last lines of a log with its path, ready to be put into an error.</summary>
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
        return $"Last lines of {path}:\n  {string.Join("\n  ", lines.TakeLast(TailLines))}\n";
    }
}
