using System.Diagnostics;
using System.Globalization;
using Streams.Core.Errors;

namespace Streams.Local.Processes;

/// <summary>What to start.</summary>
/// <param name="Name">Name for messages, log file and pid file.</param>
/// <param name="Program">Executable.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Folder">Folder for <c>NAME.log</c> and <c>NAME.pid</c>.</param>
public sealed record ChildCommand(string Name, string Program, IReadOnlyList<string> Arguments, string Folder)
{
    /// <summary>Variables added to this process' own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Operating system user to run as; null = the present one.</summary>
    public string? User { get; init; }

    /// <summary>Signal of an orderly end, also sent by the kernel when this process dies.</summary>
    public int StopSignal { get; init; } = Signals.Terminate;

    /// <summary>Working directory; null = <see cref="Folder"/>.</summary>
    public string? WorkingFolder { get; init; }
}

/// <summary>
/// A child that writes to a log file and dies with this process, even when this process is killed. A pid file with the start time of the process
/// lets the next start end a leftover that is provably its own.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private readonly Process _process;
    private readonly ChildCommand _command;

    private ChildProcess(ChildCommand command, Process process) => (_command, _process) = (command, process);

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Name of the command.</summary>
    public string Name => _command.Name;

    /// <summary>Whether it is over.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Where its output goes.</summary>
    public string LogFile => LogFileOf(_command);

    /// <summary>Ends a leftover of an earlier run, then starts.</summary>
    /// <exception cref="StreamsException">STR7002: the program is not there.</exception>
    public static async Task<ChildProcess> StartAsync(ChildCommand command, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(command.Folder);
        await PidFile.EndLeftoverAsync(PidFileOf(command), command.StopSignal, cancellationToken);
        var info = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = command.WorkingFolder ?? command.Folder };
        foreach (var argument in Wrapped(command))
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment["STREAMS_CHILD_LOG"] = LogFileOf(command);
        foreach (var (name, value) in command.Environment)
        {
            info.Environment[name] = value;
        }

        var process = await ProcessStarter.StartAsync(info);
        PidFile.Write(PidFileOf(command), process.Id);
        return new ChildProcess(command, process);
    }

    /// <summary>Polls until the child answers.</summary>
    /// <param name="ready">Asks it; may throw while it is not up.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StreamsException">STR7001: it ended or did not answer in time; carries the end of its log.</exception>
    public async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> ready, TimeSpan limit, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (clock.Elapsed < limit)
        {
            if (HasExited)
            {
                throw LocalErrors.StartFailed.With($"{Name} ended with code {_process.ExitCode}. {Tail()}", last);
            }

            try
            {
                if (await ready(cancellationToken))
                {
                    return;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                last = exception;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        throw LocalErrors.StartFailed.With($"{Name} did not answer within {limit.TotalSeconds:0} s ({last?.Message}). {Tail()}", last);
    }

    /// <summary>Asks it to end; kills it when it does not within 15 seconds.</summary>
    public async Task StopAsync()
    {
        if (!HasExited)
        {
            Signals.Send(Id, _command.StopSignal);
            using var limit = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        File.Delete(PidFileOf(_command));
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
        {
            Signals.Send(Id, Signals.Kill);
        }

        await _process.WaitForExitAsync();
    }

    /// <summary>Waits until it is over.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>The last lines of its log.</summary>
    public string Tail(int lines = 12)
    {
        if (!File.Exists(LogFile))
        {
            return $"It wrote no log ({LogFile}).";
        }

        var tail = File.ReadLines(LogFile).TakeLast(lines);
        return $"End of {LogFile}:{Environment.NewLine}{string.Join(Environment.NewLine, tail)}{Environment.NewLine}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
    }

    /// <summary>
    /// sh and setpriv both exec, so the child's pid is the server's. setpriv sets the parent-death signal after it has changed the user: a change
    /// of credentials clears it.
    /// </summary>
    private static IEnumerable<string> Wrapped(ChildCommand command)
    {
        yield return "-c";
        yield return "exec \"$0\" \"$@\" </dev/null >>\"$STREAMS_CHILD_LOG\" 2>&1";
        yield return "setpriv";
        if (command.User is { } user)
        {
            yield return $"--reuid={user}";
            yield return $"--regid={user}";
            yield return "--init-groups";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"--pdeathsig={(command.StopSignal == Signals.Interrupt ? "INT" : "TERM")}");
        yield return "--";
        yield return command.Program;
        foreach (var argument in command.Arguments)
        {
            yield return argument;
        }
    }

    private static string LogFileOf(ChildCommand command) => Path.Combine(command.Folder, $"{command.Name}.log");

    private static string PidFileOf(ChildCommand command) => Path.Combine(command.Folder, $"{command.Name}.pid");
}
