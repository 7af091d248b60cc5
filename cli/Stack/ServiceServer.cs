using System.Net;
using Streams.Local.Processes;
using Streams.Local.Servers;

namespace Streams.Cli.Stack;

/// <summary>One of our services as a process of its own: this program again, as <c>run NAME</c>.</summary>
/// <param name="name">As in <c>streams run NAME</c>.</param>
/// <param name="folder">Folder of this service alone.</param>
/// <param name="settings">Environment variables.</param>
/// <param name="workingFolder">Where <c>streams.yaml</c> is.</param>
public sealed class ServiceServer(string name, string folder, IReadOnlyDictionary<string, string> settings, string workingFolder)
    : LocalServer(name, folder, TimeProvider.System)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };

    /// <inheritdoc/>
    public override string Address => $"http://127.0.0.1:{Port}";

    /// <summary>The address that it will have: its port is taken now.</summary>
    public string ReservedAddress()
    {
        Directory.CreateDirectory(Folder);
        return $"http://127.0.0.1:{KeepPort(Name, Port)}";
    }

    /// <inheritdoc/>
    protected override TimeSpan StartLimit => TimeSpan.FromSeconds(90);

    /// <inheritdoc/>
    protected override Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override ChildCommand Command() => new(Environment.ProcessPath!, [.. OwnAssembly(), "run", Name], LogPath)
    {
        Environment = new Dictionary<string, string>(settings) { ["STREAMS__HTTP__URL"] = Address },
        DeathSignal = Signals.Terminate,
        WorkingDirectory = workingFolder,
    };

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        using var response = await Http.GetAsync(Address + "/readyz", cancellationToken);
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Under <c>dotnet streams.dll</c> the program is dotnet and needs the assembly's path; an app host is the program itself.</summary>
    private static string[] OwnAssembly() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(ServiceServer).Assembly.Location] : [];
}
