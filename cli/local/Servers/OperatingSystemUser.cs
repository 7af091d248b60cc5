using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Streams.Local.Servers;

/// <summary>PostgreSQL refuses to run as root: then it runs as <c>postgres</c>, in a folder that this user can reach.</summary>
internal static class OperatingSystemUser
{
    private const string Unprivileged = "postgres";

    /// <summary>User for the server, or null to stay who we are.</summary>
    public static string? ForPostgres => Environment.IsPrivilegedProcess ? Unprivileged : null;

    /// <summary>The wanted folder, created and owned by the user; when a parent folder shuts that user out (such as /root), one under /var/tmp.</summary>
    public static async Task<string> FolderAsync(string wanted, string? user, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(wanted);
        if (user is null)
        {
            return wanted;
        }

        var folder = wanted;
        if (!await SucceedsAsync("setpriv", [$"--reuid={user}", $"--regid={user}", "--init-groups", "--", "test", "-x", wanted], cancellationToken))
        {
            var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..16];
            folder = Path.Combine("/var/tmp", $"streams-{name}");
            Directory.CreateDirectory(folder);
        }

        await SucceedsAsync("chown", [$"{user}:{user}", folder], cancellationToken);
        return folder;
    }

    private static async Task<bool> SucceedsAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0;
    }
}
