using System.Collections.Immutable;

namespace Streams.Registry.Store;

/// <summary>Everything the registry knows: a pure fold over the records of its log. Never changed in place, so readers need no lock.</summary>
public sealed record RegistryState
{
    private static readonly ImmutableSortedDictionary<int, SchemaVersion> NoVersions = ImmutableSortedDictionary<int, SchemaVersion>.Empty;

    /// <summary>Nothing known.</summary>
    public static RegistryState Empty { get; } = new();

    /// <summary>Versions by subject, soft-deleted ones among them.</summary>
    public ImmutableSortedDictionary<string, ImmutableSortedDictionary<int, SchemaVersion>> Subjects { get; private init; } =
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<int, SchemaVersion>>(StringComparer.Ordinal);

    /// <summary>Schemas by id.</summary>
    public ImmutableSortedDictionary<int, SchemaContent> Schemas { get; private init; } = ImmutableSortedDictionary<int, SchemaContent>.Empty;

    /// <summary>Ids by content.</summary>
    public ImmutableDictionary<Guid, int> Ids { get; private init; } = ImmutableDictionary<Guid, int>.Empty;

    /// <summary>Levels by subject; the empty subject stands for all.</summary>
    public ImmutableDictionary<string, CompatibilityLevel> Levels { get; private init; } = ImmutableDictionary<string, CompatibilityLevel>.Empty;

    /// <summary>Modes by subject; the empty subject stands for all.</summary>
    public ImmutableDictionary<string, RegistryMode> Modes { get; private init; } = ImmutableDictionary<string, RegistryMode>.Empty;

    /// <summary>Highest id that was ever given.</summary>
    public int IdMax { get; private init; }

    /// <summary>A record that contradicts an earlier one: two registries wrote to one log. Null if there is none.</summary>
    public string? Conflict { get; private init; }

    /// <summary>Versions of a subject in order; empty when it is not there.</summary>
    public ImmutableSortedDictionary<int, SchemaVersion> VersionsOf(string subject) => Subjects.GetValueOrDefault(subject, NoVersions);

    /// <summary>The level that counts for a subject.</summary>
    public CompatibilityLevel LevelOf(string subject) =>
        Levels.TryGetValue(subject, out var own) ? own : Levels.GetValueOrDefault("", CompatibilityLevel.BACKWARD);

    /// <summary>The mode that counts for a subject.</summary>
    public RegistryMode ModeOf(string subject)
    {
        var global = Modes.GetValueOrDefault("", RegistryMode.READWRITE);
        return global == RegistryMode.READONLY_OVERRIDE || !Modes.TryGetValue(subject, out var own) ? global : own;
    }

    /// <summary>The state after a record.</summary>
    public RegistryState Apply(StoreRecord record) => record switch
    {
        SchemaRecord { Schema: { } schema } => Put(schema),
        SchemaRecord gone => Remove(gone.Subject, gone.Version),
        SubjectDeletedRecord deleted => HideUpTo(deleted.Subject, deleted.Version),
        LevelRecord level => this with { Levels = level.Level is { } value ? Levels.SetItem(level.Subject, value) : Levels.Remove(level.Subject) },
        ModeRecord mode => this with { Modes = mode.Mode is { } value ? Modes.SetItem(mode.Subject, value) : Modes.Remove(mode.Subject) },
        IdMaxRecord highest => this with { IdMax = Math.Max(IdMax, highest.Id) },
        _ => this,
    };

    private RegistryState Put(SchemaVersion schema)
    {
        if (Schemas.TryGetValue(schema.Id, out var content) && !content.Equals(schema.Content))
        {
            return this with { Conflict = $"Id {schema.Id} stands for two schemas: {schema.Subject} version {schema.Version} is not the first" };
        }

        if (VersionsOf(schema.Subject).TryGetValue(schema.Version, out var known) && known.Id != schema.Id)
        {
            return this with { Conflict = $"{schema.Subject} version {schema.Version} has ids {known.Id} and {schema.Id}" };
        }

        return this with
        {
            Subjects = Subjects.SetItem(schema.Subject, VersionsOf(schema.Subject).SetItem(schema.Version, schema)),
            Schemas = Schemas.SetItem(schema.Id, schema.Content),
            Ids = Ids.ContainsKey(schema.Content.Guid) ? Ids : Ids.Add(schema.Content.Guid, schema.Id),
            IdMax = Math.Max(IdMax, schema.Id),
        };
    }

    private RegistryState Remove(string subject, int version)
    {
        if (!VersionsOf(subject).TryGetValue(version, out var gone))
        {
            return this;
        }

        var rest = VersionsOf(subject).Remove(version);
        var subjects = rest.IsEmpty ? Subjects.Remove(subject) : Subjects.SetItem(subject, rest);
        var used = subjects.Values.Any(versions => versions.Values.Any(other => other.Id == gone.Id));
        return used
            ? this with { Subjects = subjects }
            : this with { Subjects = subjects, Schemas = Schemas.Remove(gone.Id), Ids = Ids.Remove(gone.Content.Guid) };
    }

    private RegistryState HideUpTo(string subject, int version) => VersionsOf(subject).Values
        .Where(schema => schema.Version <= version)
        .Aggregate(this, (state, schema) => state.Put(schema with { Deleted = true }));
}
