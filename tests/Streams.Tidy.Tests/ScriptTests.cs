using System.Diagnostics;

namespace Streams.Tidy.Tests;

public sealed class ScriptTests
{
    public static TheoryData<string> Scripts => [.. Repository.Files(".sh"), "streams", ".ci/run"];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Given_a_shell_script_When_bash_reads_it_Then_it_has_no_syntax_error_and_may_be_run(string path)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", path]) { WorkingDirectory = Repository.Root, RedirectStandardError = true })!;
        var complaints = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.Equal("", complaints);
        Assert.True(path.EndsWith("/lib.sh", StringComparison.Ordinal) || MayRun(path), $"{path} is not executable");
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Given_a_shell_script_When_a_command_in_it_fails_Then_it_ends(string path)
    {
        var text = Repository.Read(path);
        Assert.True(
            path.EndsWith("/help.sh", StringComparison.Ordinal) || path == ".ci/run"
            || text.Contains("set -euo pipefail", StringComparison.Ordinal) || text.Contains("/lib.sh\"", StringComparison.Ordinal),
            $"{path} neither sets -euo pipefail nor sources lib.sh");
    }

    private static bool MayRun(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(Repository.Root, path)).HasFlag(UnixFileMode.UserExecute);
}
