using Streams.Cli.Stack;
using Streams.Fixtures;
using Streams.Local.Processes;

namespace Streams.EndToEnd.Tests;

/// <summary><c>streams up</c> as a person uses it: it ends what it started, however it ends, and resumes. In the stack's collection so as not to run beside its tests.</summary>
[Collection(StackCollection.Name)]
public sealed class UpTests : IDisposable
{
    private static readonly string[] Parts =
        ["postgres", "redis", "kafka", "connect", "registry", "ingest-api", "stream-processors", "invalidation-sink", "analytics-sink"];

    private readonly string _folder = Directory.CreateTempSubdirectory("streams-up-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RequiresKafkaFact]
    public async Task Given_a_stack_When_it_ends_by_SIGTERM_and_later_by_SIGKILL_Then_no_process_is_left_and_the_second_start_resumed()
    {
        using var first = await StartAsync();
        var before = Endpoints.TryRead(_folder)!.Parts;
        Assert.Equal(Parts.Order(), before.Keys.Order());
        var ofFirst = Family(first);

        first.Send(Signals.Terminate);
        await first.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, first.ExitCode);
        Assert.Null(Endpoints.TryRead(_folder));
        Assert.DoesNotContain(ofFirst, process => process.IsAlive);

        using var second = await StartAsync();
        Assert.Equal(before.Select(part => (part.Key, part.Value.Address)), Endpoints.TryRead(_folder)!.Parts.Select(part => (part.Key, part.Value.Address)));
        var ofSecond = Family(second);

        second.Send(Signals.Kill);

        await Eventually.Async(() => !ofSecond.Any(process => process.IsAlive), TimeSpan.FromSeconds(30), "nothing outlives up");
    }

    [RequiresKafkaFact]
    public async Task Given_a_stack_that_runs_When_another_is_started_in_its_folder_Then_it_is_refused_and_the_first_goes_on()
    {
        using var first = await StartAsync();
        using var second = await LaunchAsync("second.log");

        await second.WaitForExitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("STR7004", second.LogTail(), StringComparison.Ordinal);
        Assert.NotNull(Endpoints.TryRead(_folder));
        Assert.All(Family(first), process => Assert.True(process.IsAlive));
        await first.StopAsync(Signals.Interrupt, TimeSpan.FromSeconds(60), TimeProvider.System, CancellationToken.None);
    }

    private static List<ProcessIdentity> Family(ChildProcess up) => [up.Identity, .. ProcessIdentity.Descendants(up.Identity.Pid)];

    private async Task<ChildProcess> StartAsync()
    {
        var up = await LaunchAsync("up.log");
        await Eventually.Async(
            () => up.ExitCode is null ? Endpoints.TryRead(_folder) is not null : throw new InvalidOperationException(up.LogTail()),
            TimeSpan.FromMinutes(3),
            "the stack is up");
        return up;
    }

    private Task<ChildProcess> LaunchAsync(string log) => ChildProcess.StartAsync(
        new ChildCommand("dotnet", [typeof(Endpoints).Assembly.Location, "up", "--engine", "kafka", "--demo", "off", "--dir", _folder], Path.Combine(_folder, log))
        {
            WorkingDirectory = Repository.Root,
        });
}
