namespace Streams.Local.Processes;

/// <summary>What to run and how it is bound to this process.</summary>
/// <param name="Program">Path or name of the program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="LogFile">Standard output and error are appended here.</param>
public sealed record ChildCommand(string Program, IReadOnlyList<string> Arguments, string LogFile)
{
    /// <value>Variables added to this process's environment.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <value>Ordinary user to become (only as root); null stays who we are.</value>
    public string? User { get; init; }

    /// <value>As <see cref="User"/>, keep the right to pass through folders that only root may enter.</value>
    public bool KeepReadAccess { get; init; }

    /// <value>Signal that the child gets when this process is gone, however it ended. Default SIGKILL.</value>
    public int DeathSignal { get; init; } = Signals.Kill;

    /// <value>Working directory; null = the log file's folder.</value>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// The chain of exec calls that ends in the program, all under one pid: sh opens the log; setsid takes it out of the terminal's group so
    /// that Ctrl-C reaches only us and the order of stopping is ours; setpriv becomes the user and then asks for the death signal
    /// (a change of credentials clears it, so it comes last).
    /// </summary>
    internal IEnumerable<string> Chain() =>
    [
        "-c", "exec >>\"$0\" 2>&1 </dev/null; exec \"$@\"", LogFile,
        "setsid", "setpriv", .. Credentials(), "--pdeathsig", Signals.Name(DeathSignal), "--", Program, .. Arguments,
    ];

    private string[] Credentials() => (User, KeepReadAccess) switch
    {
        (null, _) => [],
        (_, false) => ["--reuid", User, "--regid", User, "--init-groups", "--inh-caps=-all"],
        _ => ["--reuid", User, "--regid", User, "--init-groups", "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"],
    };
}
