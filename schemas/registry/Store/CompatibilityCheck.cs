using Streams.Registry.Avro;

namespace Streams.Registry.Store;

/// <summary>A new schema against the versions that the subject's level names.</summary>
public static class CompatibilityCheck
{
    /// <summary>Reasons against it, in Confluent's words; empty when it is compatible.</summary>
    /// <param name="state">State.</param>
    /// <param name="content">New schema.</param>
    /// <param name="versions">Versions to compare with, in order.</param>
    /// <param name="level">Level; says the direction, and whether only the last version counts.</param>
    public static IReadOnlyList<string> Reasons(RegistryState state, SchemaContent content, IReadOnlyList<SchemaVersion> versions, CompatibilityLevel level)
    {
        if (level == CompatibilityLevel.NONE || versions.Count == 0)
        {
            return [];
        }

        var fresh = SchemaReader.Type(state, content);
        return [.. (level.IsTransitive() ? versions.Reverse() : [versions[^1]]).SelectMany(old => Against(state, fresh, old, level))];
    }

    private static IReadOnlyList<string> Against(RegistryState state, AvroType fresh, SchemaVersion old, CompatibilityLevel level)
    {
        var stored = SchemaReader.Type(state, old.Content);
        IEnumerable<Incompatibility> backward = level.ReadsOld() ? AvroCompatibility.Check(fresh, stored) : [];
        IEnumerable<Incompatibility> forward = level.ReadByOld() ? AvroCompatibility.Check(stored, fresh) : [];
        var reasons = backward.Concat(forward)
            .Select(reason => $"{{errorType:'{reason.Type}', description:'{reason.Description}', additionalInfo:'{reason.Path}'}}").ToList();
        return reasons.Count == 0 ? reasons : [.. reasons, $"{{oldSchemaVersion: {old.Version}}}", $"{{oldSchema: '{old.Content.Text}'}}", $"{{compatibility: '{level}'}}"];
    }
}
