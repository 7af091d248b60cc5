using System.Globalization;

namespace Streams.Local.Processes;

/// <summary>Process id and kernel start time of a child. Both together name a process for good: ids are reused, the pair is not.</summary>
public static class PidFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Writes it.</summary>
    public static void Write(string path, int processId) =>
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{processId} {StartTime(processId)}\n"));

    /// <summary>Ends the process that a pid file names if it is still that process; removes the file.</summary>
    public static async Task EndLeftoverAsync(string path, int signal, CancellationToken cancellationToken)
    {
        if (Read(path) is { } leftover)
        {
            Signals.Send(leftover.Id, signal);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            while (StartTime(leftover.Id) == leftover.StartTime)
            {
                if (limit.IsCancellationRequested)
                {
                    Signals.Send(leftover.Id, Signals.Kill);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
            }
        }

        File.Delete(path);
    }

    /// <summary>The process that the file names, if it still runs.</summary>
    public static (int Id, long StartTime)? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var parts = File.ReadAllText(path).Split(' ', StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var id)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var startTime)
            && startTime != 0
            && StartTime(id) == startTime
                ? (id, startTime)
                : null;
    }

    /// <summary>Field 22 of /proc/PID/stat: start after boot in clock ticks (proc(5)). 0 if there is no such process or it is a zombie.</summary>
    public static long StartTime(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            // The second field is the name in parentheses and may itself hold blanks and parentheses.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? 0 : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
