namespace Streams.Local.Processes;

/// <summary>Finds installed programs.</summary>
public static class Programs
{
    /// <summary>Full path of a program on PATH (and the sbin folders, which an ordinary user's PATH lacks); null when it is not installed.</summary>
    public static string? Find(string name, params IEnumerable<string> more) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')
        .Concat(["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"])
        .Concat(more)
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    /// <summary>As <see cref="Find"/>; STR7001 naming the Debian package when it is missing.</summary>
    public static string Require(string name, string package, params IEnumerable<string> more) =>
        Find(name, more) ?? throw LocalErrors.ProgramMissing.With($"{name} is not installed (Debian package {package}).");
}
