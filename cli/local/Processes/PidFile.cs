namespace Streams.Local.Processes;

/// <summary>
/// Who runs in a folder: the server's identity and its owner's, one line each. With it the next start ends a leftover that it can prove to be
/// its own, and refuses a folder whose owner lives.
/// </summary>
public sealed class PidFile(string path)
{
    /// <summary>Records a server that this process owns.</summary>
    public void Write(ProcessIdentity server) =>
        File.WriteAllLines(path, [server.ToString(), ProcessIdentity.Current.ToString()]);

    /// <summary>Forgets it.</summary>
    public void Remove() => File.Delete(path);

    /// <summary>Ends what an earlier owner left behind, with its children. STR7004 when that owner is alive and another process than this.</summary>
    public async Task ClearAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var lines = File.Exists(path) ? await File.ReadAllLinesAsync(path, cancellationToken) : [];
        var server = lines.Length > 0 ? ProcessIdentity.Parse(lines[0]) : null;
        var owner = lines.Length > 1 ? ProcessIdentity.Parse(lines[1]) : null;
        if (server is not { IsAlive: true })
        {
            Remove();
            return;
        }

        if (owner is { IsAlive: true } && owner != ProcessIdentity.Current)
        {
            throw LocalErrors.FolderInUse.With($"Process {server.Pid} of {path} belongs to process {owner.Pid}, which is alive.");
        }

        await KillTreeAsync(server, time, cancellationToken);
        Remove();
    }

    /// <summary>SIGKILL to a process and all below it; returns when every one is gone.</summary>
    public static async Task KillTreeAsync(ProcessIdentity root, TimeProvider time, CancellationToken cancellationToken)
    {
        ProcessIdentity[] all = [root, .. ProcessIdentity.Descendants(root.Pid)];
        foreach (var process in all.Where(process => process.IsAlive))
        {
            Signals.Send(process.Pid, Signals.Kill);
        }

        await Poll.UntilAsync(() => !all.Any(process => process.IsAlive), TimeSpan.FromSeconds(10), time, cancellationToken);
    }
}
