using System.Globalization;

namespace Streams.Local.Processes;

/// <summary>
/// A process that can be told from a later one with the same number: pid and start time (clock ticks since boot, field 22 of
/// <c>/proc/PID/stat</c>), and the boot that both belong to.
/// </summary>
public sealed record ProcessIdentity(int Pid, long StartTicks, string BootId)
{
    private const int StartTicksAfterName = 19;
    private const int ParentAfterName = 1;

    /// <summary>This process.</summary>
    public static ProcessIdentity Current { get; } =
        Of(Environment.ProcessId) ?? throw LocalErrors.ProgramMissing.With("/proc is not mounted.");

    /// <summary>True while exactly this process exists (a zombie does not count).</summary>
    public bool IsAlive => Of(Pid) == this;

    /// <summary>The process that has this number now, or null.</summary>
    public static ProcessIdentity? Of(int pid)
    {
        var fields = Stat(pid);
        return fields is null || fields[0] is "Z" or "X"
            ? null
            : new ProcessIdentity(pid, long.Parse(fields[StartTicksAfterName], CultureInfo.InvariantCulture), ReadBootId());
    }

    /// <summary>Direct and indirect children, parents before children.</summary>
    public static IReadOnlyList<ProcessIdentity> Descendants(int pid)
    {
        var parents = new List<(int Pid, int Parent)>();
        foreach (var name in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Stat(id) is { } fields)
            {
                parents.Add((id, int.Parse(fields[ParentAfterName], CultureInfo.InvariantCulture)));
            }
        }

        var found = new List<int> { pid };
        for (var next = 0; next < found.Count; next++)
        {
            found.AddRange(parents.Where(entry => entry.Parent == found[next]).Select(entry => entry.Pid));
        }

        return [.. found.Skip(1).Select(Of).OfType<ProcessIdentity>()];
    }

    /// <summary>One line: pid, start, boot.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pid} {StartTicks} {BootId}");

    /// <summary>Reads <see cref="ToString"/> back; null when the text is something else.</summary>
    public static ProcessIdentity? Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new ProcessIdentity(pid, start, parts[2])
            : null;
    }

    private static string ReadBootId() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    // The name (field 2) is in parentheses and may hold anything; what follows the last one is regular: state, parent, …
    private static string[]? Stat(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
