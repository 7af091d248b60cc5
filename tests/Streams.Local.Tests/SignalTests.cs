using Streams.Local.Processes;

namespace Streams.Local.Tests;

public sealed class SignalTests
{
    // SIGCONT does nothing to a process that runs: were it sent, nothing would break but this test.
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Given_a_part_that_has_no_process_yet_When_signalled_Then_nobody_is(int pid) => Assert.False(Signals.Send(pid, Signals.Continue));

    [Fact]
    public void Given_a_process_that_runs_When_signalled_Then_it_is() => Assert.True(Signals.Send(Environment.ProcessId, Signals.Continue));
}
