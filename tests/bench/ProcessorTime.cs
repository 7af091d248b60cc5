using System.Diagnostics;

namespace Streams.Bench;

/// <summary>Processor time that a process and the broker have used since this was made: other than the time by the clock, hardly a matter of what else runs.</summary>
internal sealed class ProcessorTime(BenchStack stack, int pid)
{
    private readonly int _broker = stack.Part("kafka").Pid;
    private readonly TimeSpan _ofProcess = Of(pid);
    private readonly TimeSpan _ofBroker = Of(stack.Part("kafka").Pid);

    public override string ToString() => $"{(Of(pid) - _ofProcess).TotalSeconds:0} s of processor time and {(Of(_broker) - _ofBroker).TotalSeconds:0} s of the broker's";

    private static TimeSpan Of(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }
}
