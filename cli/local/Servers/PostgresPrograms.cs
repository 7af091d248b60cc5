namespace Streams.Local.Servers;

/// <summary>Where the programs of PostgreSQL are.</summary>
internal static class PostgresPrograms
{
    private const string DebianRoot = "/usr/lib/postgresql";

    /// <summary>The newest installed version's program, else the one on PATH.</summary>
    public static string Find(string program)
    {
        var versions = Directory.Exists(DebianRoot) ? Directory.GetDirectories(DebianRoot) : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return versions.OrderByDescending(VersionOf).Select(folder => Path.Combine(folder, "bin", program))
            .Concat(onPath.Select(folder => Path.Combine(folder, program)))
            .FirstOrDefault(File.Exists) ?? throw LocalErrors.ProgramMissing.With($"PostgreSQL's {program} was looked for under {DebianRoot} and on PATH.");
    }

    private static int VersionOf(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;
}
