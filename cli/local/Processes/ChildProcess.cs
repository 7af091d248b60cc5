using System.Diagnostics;

namespace Streams.Local.Processes;

/// <summary>A running child with its log. It ends when this process does.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly ChildCommand _command;

    private ChildProcess(Process process, ChildCommand command)
    {
        _process = process;
        _command = command;
        Identity = ProcessIdentity.Of(process.Id) ?? new ProcessIdentity(process.Id, -1, string.Empty);
    }

    /// <summary>Pid and start time.</summary>
    public ProcessIdentity Identity { get; }

    /// <summary>Exit code once it ended, else null.</summary>
    public int? ExitCode => _process.HasExited ? _process.ExitCode : null;

    /// <summary>Starts it. Returns as soon as the process exists.</summary>
    public static async Task<ChildProcess> StartAsync(ChildCommand command)
    {
        var info = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            WorkingDirectory = command.WorkingDirectory ?? Path.GetDirectoryName(command.LogFile),
        };
        foreach (var argument in command.Chain())
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in command.Environment)
        {
            info.Environment[name] = value;
        }

        return new ChildProcess(await StarterThread.StartAsync(info), command);
    }

    /// <summary>Runs a set-up command to its end; STR7006 with its last output when it fails.</summary>
    public static async Task RunAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        using var child = await StartAsync(command);
        try
        {
            await child._process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Signals.Send(child.Identity.Pid, Signals.Kill);
            throw;
        }

        if (child._process.ExitCode != 0)
        {
            throw LocalErrors.CommandFailed.With(
                $"{command.Program} ended with {child._process.ExitCode}. {child.LogTail()}");
        }
    }

    /// <summary>Completes when it ended.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>Sends a signal.</summary>
    public void Send(int signal)
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    /// <summary>Asks politely, then kills the whole tree when it is not gone within <paramref name="patience"/>. True when it went by itself.</summary>
    public async Task<bool> StopAsync(int signal, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        Send(signal);
        if (await Poll.UntilAsync(() => _process.HasExited, patience, time, cancellationToken))
        {
            return true;
        }

        await PidFile.KillTreeAsync(Identity, time, cancellationToken);
        return false;
    }

    /// <summary>The last lines of the log, for an error's detail.</summary>
    public string LogTail() => LogFile.Tail(_command.LogFile);

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();
}
