using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>
/// A private server on a free loopback port, with everything it owns in one folder. It keeps its data and its port over restarts and ends
/// with this process, also when that is killed.
/// </summary>
/// <remarks>Not for use from several threads at once.</remarks>
public abstract class LocalServer : IAsyncDisposable
{
    private readonly PidFile _pidFile;
    private ChildProcess? _child;

    /// <param name="name">Short name: log, pid and port files carry it.</param>
    /// <param name="folder">Folder of this server alone; made when missing.</param>
    /// <param name="time">Clock of the time-outs.</param>
    protected LocalServer(string name, string folder, TimeProvider? time)
    {
        Name = name;
        Folder = Path.GetFullPath(folder);
        Time = time ?? TimeProvider.System;
        _pidFile = new PidFile(InFolder($"{name}.pid"));
    }

    /// <summary>Short name.</summary>
    public string Name { get; }

    /// <summary>Absolute path of its folder.</summary>
    public string Folder { get; }

    /// <summary>Its log.</summary>
    public string LogPath => InFolder($"{Name}.log");

    /// <summary>Port on 127.0.0.1; 0 before the first start.</summary>
    public int Port { get; private set; }

    /// <summary>Process id; 0 while it does not run.</summary>
    public int Pid => _child is { ExitCode: null } running ? running.Identity.Pid : 0;

    /// <summary>True while the process exists.</summary>
    public bool IsRunning => Pid != 0;

    /// <summary>How clients reach it, without a secret in it.</summary>
    public abstract string Address { get; }

    /// <summary>Clock of the time-outs.</summary>
    protected TimeProvider Time { get; }

    /// <summary>How long a start may take.</summary>
    protected virtual TimeSpan StartLimit => TimeSpan.FromSeconds(60);

    /// <summary>How long a graceful stop may take before it is killed.</summary>
    protected virtual TimeSpan StopLimit => TimeSpan.FromSeconds(15);

    /// <summary>Signal of a graceful stop.</summary>
    protected virtual int StopSignal => Signals.Terminate;

    /// <summary>
    /// Starts it and returns when it has answered a query. Leftovers of an earlier owner that died are ended first.
    /// STR7002 when it ends instead, STR7003 when it does not answer in time, STR7004 when another live process holds the folder.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
        {
            return;
        }

        Directory.CreateDirectory(Folder);
        await _pidFile.ClearAsync(Time, cancellationToken);
        TakePorts();
        await PrepareAsync(cancellationToken);
        _child?.Dispose();
        _child = await ChildProcess.StartAsync(Command());
        _pidFile.Write(_child.Identity);
        await WaitReadyAsync(_child, cancellationToken);
    }

    /// <summary>Graceful stop, then SIGKILL when it takes too long. Nothing happens when it does not run.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_child is not { } stopping)
        {
            return;
        }

        // Stopped (SIGSTOP) processes must be able to hear it.
        stopping.Send(Signals.Continue);
        await stopping.StopAsync(StopSignal, StopLimit, Time, cancellationToken);
        Forget();
    }

    /// <summary>SIGKILL to the process and its children: a crash. Data and port stay for the next <see cref="StartAsync"/>.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        if (_child is not { } killed)
        {
            return;
        }

        await PidFile.KillTreeAsync(killed.Identity, Time, cancellationToken);
        await killed.WaitForExitAsync(cancellationToken);
        Forget();
    }

    /// <summary>Graceful stop and start on the same data and port.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync(cancellationToken);
        await StartAsync(cancellationToken);
    }

    /// <summary>Sends a signal such as <see cref="Signals.Stop"/> to the process.</summary>
    public void Signal(int signal) => _child?.Send(signal);

    /// <summary>Completes when the process has ended, whoever ended it; at once when it does not run.</summary>
    public Task WaitForExitAsync(CancellationToken cancellationToken) => _child?.WaitForExitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
    }

    /// <summary>A path in the folder.</summary>
    protected string InFolder(string name) => Path.Combine(Folder, name);

    /// <summary>Everything that must be there before the process: data folder, configuration file.</summary>
    protected abstract Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>The server process.</summary>
    protected abstract ChildCommand Command();

    /// <summary>True when the server has answered a query. Connection errors are caught by the caller.</summary>
    protected abstract Task<bool> AnswersAsync(CancellationToken cancellationToken);

    /// <summary>A port kept in a file of the folder, so that the next start has it again when it is free.</summary>
    protected int KeepPort(string name, int current)
    {
        if (current == 0)
        {
            return Ports.Keep(InFolder($"{name}.port"));
        }

        return Ports.IsFree(current)
            ? current
            : throw LocalErrors.PortTaken.With($"{name} had 127.0.0.1:{current} before; something else listens there now.");
    }

    /// <summary>Chooses the ports.</summary>
    protected virtual void TakePorts() => Port = KeepPort(Name, Port);

    private void Forget()
    {
        _pidFile.Remove();
        _child?.Dispose();
        _child = null;
    }

    private async Task WaitReadyAsync(ChildProcess started, CancellationToken cancellationToken)
    {
        var answered = await Poll.UntilAsync(
            async token => started.ExitCode is not null || await TryAnswerAsync(token), StartLimit, Time, cancellationToken);
        if (started.ExitCode is { } code)
        {
            var tail = started.LogTail();
            Forget();
            throw LocalErrors.StartFailed.With($"{Name} ended with exit code {code}. {tail}");
        }

        if (!answered)
        {
            var tail = started.LogTail();
            await KillAsync(cancellationToken);
            throw LocalErrors.NotReady.With($"{Name} did not answer at {Address} within {StartLimit.TotalSeconds:0} s. {tail}");
        }
    }

    private async Task<bool> TryAnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await AnswersAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && IsNotYet(exception))
        {
            return false;
        }
    }

    private static bool IsNotYet(Exception exception) =>
        exception is IOException or System.Net.Sockets.SocketException or System.Data.Common.DbException or HttpRequestException
            or OperationCanceledException or TimeoutException;
}
