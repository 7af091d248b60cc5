using System.Diagnostics;
using System.Globalization;
using Streams.Core.Errors;
using Streams.Fixtures;
using Streams.Local.Processes;
using Streams.Local.Servers;

namespace Streams.Local.Tests;

public sealed class OrphanTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Given_running_servers_When_their_owner_gets_SIGKILL_Then_no_process_is_left_and_the_folder_can_be_used_again()
    {
        using var owner = Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, _folder.Path]) { RedirectStandardOutput = true })!;
        var line = await owner.StandardOutput.ReadLineAsync();
        var servers = line!.Split(' ').Select(pid => ProcessIdentity.Of(int.Parse(pid, CultureInfo.InvariantCulture))!).ToList();
        Assert.All(servers, server => Assert.True(server.IsAlive));

        owner.Kill();
        await owner.WaitForExitAsync();

        await Eventually.Async(() => !servers.Any(server => server.IsAlive), TimeSpan.FromSeconds(20), "every child is gone");
        await using var again = new PostgresServer(_folder.In("pg"));
        await again.StartAsync();
        Assert.True(again.IsRunning);
    }

    [Fact]
    public async Task Given_a_leftover_of_a_dead_owner_When_the_folder_is_cleared_Then_it_is_ended()
    {
        using var leftover = Process.Start("sleep", "300");
        var server = ProcessIdentity.Of(leftover.Id)!;
        var file = _folder.In("x.pid");
        await File.WriteAllLinesAsync(file, [server.ToString(), DeadOwner.ToString()]);

        await new PidFile(file).ClearAsync(TimeProvider.System, CancellationToken.None);

        Assert.False(server.IsAlive);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Given_a_pid_that_belongs_to_a_later_process_When_the_folder_is_cleared_Then_that_process_lives_on()
    {
        using var stranger = Process.Start("sleep", "300");
        var now = ProcessIdentity.Of(stranger.Id)!;
        var file = _folder.In("x.pid");
        await File.WriteAllLinesAsync(file, [(now with { StartTicks = now.StartTicks - 1 }).ToString(), DeadOwner.ToString()]);

        await new PidFile(file).ClearAsync(TimeProvider.System, CancellationToken.None);

        Assert.True(now.IsAlive);
        stranger.Kill();
    }

    [Fact]
    public async Task Given_a_server_of_a_live_owner_When_another_process_wants_the_folder_Then_it_is_refused()
    {
        using var server = Process.Start("sleep", "300");
        using var owner = Process.Start("sleep", "300");
        var file = _folder.In("x.pid");
        await File.WriteAllLinesAsync(file, [ProcessIdentity.Of(server.Id)!.ToString(), ProcessIdentity.Of(owner.Id)!.ToString()]);

        var error = await Assert.ThrowsAsync<StreamsException>(() => new PidFile(file).ClearAsync(TimeProvider.System, CancellationToken.None));

        Assert.Equal("STR7004", error.Error.Code);
        Assert.False(server.HasExited);
        server.Kill();
        owner.Kill();
    }

    private static ProcessIdentity DeadOwner => ProcessIdentity.Current with { Pid = int.MaxValue };
}
