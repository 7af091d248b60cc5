using Avro;

namespace Streams.Registry.Store;

/// <summary>The seven levels: who must be able to read whose data, against the newest version or all of them.</summary>
public static class Compatibility
{
    /// <summary>Level of a registry that nobody configured.</summary>
    public const string Default = "BACKWARD";

    private static readonly string[] Levels =
        ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

    /// <summary>Whether a level is one.</summary>
    public static bool IsLevel(string? level) => Levels.Contains(level);

    /// <summary>What stands against a candidate; empty = compatible.</summary>
    /// <param name="level">Level.</param>
    /// <param name="candidate">New schema.</param>
    /// <param name="earlier">Versions that are not deleted, oldest first.</param>
    public static IReadOnlyList<string> Check(string level, string candidate, IReadOnlyList<SchemaEntry> earlier)
    {
        if (level == "NONE" || earlier.Count == 0)
        {
            return [];
        }

        var schema = Schema.Parse(candidate);
        var against = level.EndsWith("_TRANSITIVE", StringComparison.Ordinal) ? earlier : [earlier[^1]];
        return [.. against.SelectMany(entry => CheckOne(level, schema, entry))];
    }

    private static IEnumerable<string> CheckOne(string level, Schema candidate, SchemaEntry entry)
    {
        var old = Schema.Parse(entry.Text);
        if (!level.StartsWith("FORWARD", StringComparison.Ordinal) && !candidate.CanRead(old))
        {
            yield return $"it cannot read data of version {entry.Version}";
        }

        if (!level.StartsWith("BACKWARD", StringComparison.Ordinal) && !old.CanRead(candidate))
        {
            yield return $"version {entry.Version} cannot read its data";
        }
    }
}
