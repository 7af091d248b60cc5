using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>Who runs Postgres. It refuses to run as root, so root becomes an ordinary user for it.</summary>
/// <param name="User">User to become; null: we are one already.</param>
/// <param name="KeepReadAccess">The folder is below one that this user may not pass (such as /root): keep that right, and only it.</param>
internal sealed record PostgresAccount(string? User, bool KeepReadAccess)
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    public static PostgresAccount For(string folder) =>
        Environment.IsPrivilegedProcess
            ? new PostgresAccount(OrdinaryUser(), !IsOpenToOthers(folder))
            : new PostgresAccount(null, false);

    private static string OrdinaryUser()
    {
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet();
        return Candidates.FirstOrDefault(users.Contains)
            ?? throw LocalErrors.ProgramMissing.With("There is no user postgres to run the database (Debian package postgresql-15).");
    }

    private static bool IsOpenToOthers(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (at.Exists && !at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return true;
    }

    public ChildCommand Apply(ChildCommand command) => command with { User = User, KeepReadAccess = KeepReadAccess };

    /// <summary>Makes a folder that this account owns and nobody else enters.</summary>
    public Task MakeFolderAsync(string path, string log, CancellationToken cancellationToken)
    {
        string[] owner = User is null ? [] : ["-o", User, "-g", User];
        return ChildProcess.RunAsync(new ChildCommand("install", ["-d", "-m", "700", .. owner, path], log), cancellationToken);
    }
}
