using Streams.Local.Processes;

namespace Streams.Local.Tests;

/// <summary>The tail of a log names the cause.</summary>
public sealed class LogFileTests
{
    [Fact]
    public void Given_a_server_that_said_its_cause_before_it_closed_many_things_When_the_tail_is_read_Then_the_cause_comes_first()
    {
        using var folder = new TemporaryFolder();
        var log = folder.In("kafka.log");
        File.WriteAllLines(
            log, ["INFO [main] starts", "2026-01-01 ERROR [main] Address already in use", .. Enumerable.Range(0, 40).Select(part => $"INFO part {part} closed")]);

        var tail = LogFile.Tail(log);

        Assert.StartsWith($"Last errors in {log}:\n  2026-01-01 ERROR [main] Address already in use\nLast lines of {log}:", tail, StringComparison.Ordinal);
        Assert.EndsWith("INFO part 39 closed\n", tail, StringComparison.Ordinal);
    }
}
