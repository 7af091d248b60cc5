using System.Text.Json.Nodes;
using Avro;

namespace Streams.Registry.Store;

/// <summary>A record to append.</summary>
public sealed record LogRecord(JsonObject Key, JsonObject? Value);

/// <summary>Decides commands from the state: an answer and the records that make it true. Pure.</summary>
public static class RegistryCommands
{
    private static readonly string[] Modes = ["READWRITE", "READONLY", "IMPORT"];

    /// <summary>Registers a text; finds it if it is there.</summary>
    /// <exception cref="RegistryProblem">42201, 42205, 409.</exception>
    public static (SchemaEntry Entry, IReadOnlyList<LogRecord> Records) Register(RegistryState state, string subject, string text, string type, bool normalize)
    {
        if ((state.Mode(subject) ?? state.Mode("")) == "READONLY")
        {
            throw RegistryProblem.ReadOnly(subject);
        }

        text = Validated(text, type, normalize);
        var versions = state.Versions(subject, deleted: false);
        if (versions.FirstOrDefault(entry => entry.Text == text) is { } known)
        {
            return (known, []);
        }

        var problems = Compatibility.Check(LevelOf(state, subject), text, versions);
        if (problems.Count > 0)
        {
            throw RegistryProblem.Incompatible(string.Join("; ", problems));
        }

        var entry = new SchemaEntry(subject, state.LastVersion(subject) + 1, state.IdOf(text, type) ?? state.LastId + 1, text, type, Deleted: false);
        return (entry, [Record(entry)]);
    }

    /// <summary>A text under a subject.</summary>
    /// <exception cref="RegistryProblem">40401, 40403.</exception>
    public static SchemaEntry Find(RegistryState state, string subject, string text, string type, bool normalize, bool deleted)
    {
        var versions = Existing(state, subject, deleted);
        var wanted = Validated(text, type, normalize);
        return versions.FirstOrDefault(entry => entry.Text == wanted) ?? throw RegistryProblem.SchemaNotFound();
    }

    /// <summary>A version by number, <c>latest</c> or −1.</summary>
    /// <exception cref="RegistryProblem">40401, 40402, 42202.</exception>
    public static SchemaEntry Version(RegistryState state, string subject, string version, bool deleted)
    {
        var versions = Existing(state, subject, deleted);
        if (version is "latest" or "-1")
        {
            return versions[^1];
        }

        return int.TryParse(version, System.Globalization.CultureInfo.InvariantCulture, out var number) && number > 0
            ? versions.FirstOrDefault(entry => entry.Version == number) ?? throw RegistryProblem.VersionNotFound(version)
            : throw RegistryProblem.InvalidVersion(version);
    }

    /// <summary>Versions of a subject that is there.</summary>
    /// <exception cref="RegistryProblem">40401.</exception>
    public static IReadOnlyList<SchemaEntry> Existing(RegistryState state, string subject, bool deleted) =>
        state.Versions(subject, deleted) is { Count: > 0 } versions ? versions : throw RegistryProblem.SubjectNotFound(subject);

    /// <summary>What stands against a text; empty = compatible.</summary>
    public static IReadOnlyList<string> Test(RegistryState state, string subject, string? version, string text, string type)
    {
        text = Validated(text, type, normalize: false);
        var level = LevelOf(state, subject);
        var versions = state.Versions(subject, deleted: false);
        return version is null
            ? Compatibility.Check(level.Split('_')[0] + (level == "NONE" ? "" : "_TRANSITIVE"), text, versions)
            : Compatibility.Check(level, text, [Version(state, subject, version, deleted: false)]);
    }

    /// <summary>Deletes versions: softly, or for good what is softly deleted.</summary>
    /// <exception cref="RegistryProblem">40401, 40405, 40407.</exception>
    public static (IReadOnlyList<int> Versions, IReadOnlyList<LogRecord> Records) Delete(RegistryState state, string subject, string? version, bool permanent)
    {
        IReadOnlyList<SchemaEntry> entries = version is null
            ? Existing(state, subject, deleted: permanent)
            : [Version(state, subject, version, deleted: permanent)];
        if (permanent && entries.FirstOrDefault(entry => !entry.Deleted) is { } alive)
        {
            throw version is null ? RegistryProblem.SubjectSoftDeleted(subject) : RegistryProblem.VersionSoftDeleted(subject, alive.Version);
        }

        return ([.. entries.Select(entry => entry.Version)],
            [.. entries.Select(entry => permanent ? new LogRecord(Key(entry), null) : Record(entry with { Deleted = true }))]);
    }

    /// <summary>Sets or (null) removes a level.</summary>
    /// <exception cref="RegistryProblem">42203.</exception>
    public static LogRecord SetLevel(string subject, string? level, bool remove) => remove || Compatibility.IsLevel(level)
        ? Setting("CONFIG", subject, remove ? null : new JsonObject { ["compatibilityLevel"] = level })
        : throw RegistryProblem.InvalidCompatibility(level);

    /// <summary>Sets a mode.</summary>
    /// <exception cref="RegistryProblem">42204.</exception>
    public static LogRecord SetMode(string subject, string? mode) => Modes.Contains(mode)
        ? Setting("MODE", subject, new JsonObject { ["mode"] = mode })
        : throw RegistryProblem.InvalidMode(mode);

    /// <summary>Level that counts for a subject.</summary>
    public static string LevelOf(RegistryState state, string subject) => state.Level(subject) ?? state.Level("") ?? Compatibility.Default;

    private static string Validated(string text, string type, bool normalize)
    {
        if (type != "AVRO")
        {
            throw RegistryProblem.InvalidSchema($"schema type {type} is not supported, only AVRO");
        }

        try
        {
            var schema = Schema.Parse(text);
            return normalize ? schema.ToString() : text;
        }
        catch (AvroException exception)
        {
            throw RegistryProblem.InvalidSchema(exception.Message);
        }
    }

    private static JsonObject Key(SchemaEntry entry) =>
        new() { ["keytype"] = "SCHEMA", ["subject"] = entry.Subject, ["version"] = entry.Version, ["magic"] = 1 };

    private static LogRecord Record(SchemaEntry entry) => new(
        Key(entry),
        new JsonObject
        {
            ["subject"] = entry.Subject, ["version"] = entry.Version, ["id"] = entry.Id, ["schemaType"] = entry.Type, ["schema"] = entry.Text, ["deleted"] = entry.Deleted,
        });

    private static LogRecord Setting(string kind, string subject, JsonObject? value) =>
        new(new JsonObject { ["keytype"] = kind, ["subject"] = subject.Length == 0 ? null : subject, ["magic"] = 0 }, value);
}
