namespace Streams.Registry.Store;

/// <summary>Decisions about writes: pure functions of the state, so that what is written is decided and tested without Kafka.</summary>
public static class Commands
{
    /// <summary>Registers a schema, or finds it.</summary>
    /// <exception cref="RegistryException">409, 42201, 42205.</exception>
    public static Decision<SchemaVersion> Register(RegistryState state, string subject, SchemaRequest request, bool normalize)
    {
        var mode = state.ModeOf(subject);
        MustBeWritable(subject, mode);
        var content = SchemaReader.Content(state, request, normalize);
        var versions = state.VersionsOf(subject);
        if (versions.Values.LastOrDefault(schema => !schema.Deleted && schema.Content.Equals(content)) is { } known)
        {
            return new([], known);
        }

        var next = versions.IsEmpty ? 1 : versions.Keys.Last() + 1;
        var schema = mode == RegistryMode.IMPORT
            ? Imported(state, subject, request, content, next)
            : Checked(state, subject, request, content, next);
        return new([new SchemaRecord(subject, schema.Version, schema)], schema);
    }

    /// <summary>Deletes a subject: hides its versions, or removes what is hidden.</summary>
    /// <exception cref="RegistryException">40401, 40404, 40405, 42205, 42206.</exception>
    public static Decision<IReadOnlyList<int>> DeleteSubject(RegistryState state, string subject, bool permanent)
    {
        MustBeWritable(subject, state.ModeOf(subject));
        var all = state.Visible(subject, deleted: true);
        var shown = all.Where(schema => !schema.Deleted).ToList();
        if (permanent && shown.Count > 0)
        {
            throw RegistryException.SubjectNotSoftDeleted(subject);
        }

        if (!permanent && shown.Count == 0)
        {
            throw RegistryException.SubjectSoftDeleted(subject);
        }

        var meant = permanent ? all : shown;
        MustBeUnreferenced(state, meant);
        return new(permanent ? Removal(state, meant) : [.. meant.Select(Hidden)], [.. meant.Select(schema => schema.Version)]);
    }

    /// <summary>Deletes a version: hides it, or removes it when it is hidden.</summary>
    /// <exception cref="RegistryException">40401, 40402, 40406, 40407, 42202, 42205, 42206.</exception>
    public static Decision<int> DeleteVersion(RegistryState state, string subject, string version, bool permanent)
    {
        MustBeWritable(subject, state.ModeOf(subject));
        var schema = state.Version(subject, version, deleted: Queries.VersionNumber(version) is not null);
        if (permanent && !schema.Deleted)
        {
            throw RegistryException.VersionNotSoftDeleted(subject, schema.Version);
        }

        if (!permanent && schema.Deleted)
        {
            throw RegistryException.VersionSoftDeleted(subject, schema.Version);
        }

        MustBeUnreferenced(state, [schema]);
        return new(permanent ? Removal(state, [schema]) : [Hidden(schema)], schema.Version);
    }

    /// <summary>Sets a level; the empty subject stands for all.</summary>
    public static Decision<CompatibilityLevel> SetLevel(string subject, CompatibilityLevel level) => new([new LevelRecord(subject, level)], level);

    /// <summary>Unsets a level. The answer is the one that was set.</summary>
    /// <exception cref="RegistryException">40408.</exception>
    public static Decision<CompatibilityLevel> UnsetLevel(RegistryState state, string subject) =>
        state.Levels.TryGetValue(subject, out var level) || subject.Length == 0
            ? new([new LevelRecord(subject, null)], subject.Length == 0 ? state.LevelOf("") : level)
            : throw RegistryException.NoLevel(subject);

    /// <summary>Sets a mode. IMPORT wants a registry, or subject, without schemas.</summary>
    /// <exception cref="RegistryException">42205.</exception>
    public static Decision<RegistryMode> SetMode(RegistryState state, string subject, RegistryMode mode, bool force)
    {
        var occupied = subject.Length == 0 ? state.SubjectNames("", false, false).Any() : state.VersionsOf(subject).Values.Any(schema => !schema.Deleted);
        return mode == RegistryMode.IMPORT && occupied && !force && state.ModeOf(subject) != RegistryMode.IMPORT
            ? throw RegistryException.NotPermitted("Cannot import since found existing subjects")
            : new([new ModeRecord(subject, mode)], mode);
    }

    /// <summary>Unsets a mode. The answer is the one that was set.</summary>
    /// <exception cref="RegistryException">40409.</exception>
    public static Decision<RegistryMode> UnsetMode(RegistryState state, string subject) =>
        state.Modes.TryGetValue(subject, out var mode) ? new([new ModeRecord(subject, null)], mode) : throw RegistryException.NoMode(subject);

    private static SchemaVersion Checked(RegistryState state, string subject, SchemaRequest request, SchemaContent content, int next)
    {
        if (request.Id > 0)
        {
            throw RegistryException.NotPermitted($"Subject {subject} is not in import mode");
        }

        var shown = state.VersionsOf(subject).Values.Where(schema => !schema.Deleted).ToList();
        var reasons = CompatibilityCheck.Reasons(state, content, shown, state.LevelOf(subject));
        return reasons.Count == 0
            ? new SchemaVersion(subject, next, state.Ids.TryGetValue(content.Guid, out var known) ? known : state.IdMax + 1, content, Deleted: false)
            : throw RegistryException.Incompatible(reasons);
    }

    private static SchemaVersion Imported(RegistryState state, string subject, SchemaRequest request, SchemaContent content, int next)
    {
        var id = request.Id is > 0 and var given ? given : throw RegistryException.NotPermitted("In import mode a schema comes with its id");
        var version = request.Version is > 0 and var number ? number : next;
        var takenId = state.Schemas.TryGetValue(id, out var other) && !other.Equals(content);
        var takenContent = state.Ids.TryGetValue(content.Guid, out var known) && known != id;
        return takenId || takenContent || state.VersionsOf(subject).ContainsKey(version)
            ? throw RegistryException.NotPermitted($"Overwrite new schema with id {id} is not permitted.")
            : new SchemaVersion(subject, version, id, content, Deleted: false);
    }

    private static StoreRecord Hidden(SchemaVersion schema) => new SchemaRecord(schema.Subject, schema.Version, schema with { Deleted = true });

    private static IReadOnlyList<StoreRecord> Removal(RegistryState state, IReadOnlyList<SchemaVersion> versions) =>
        [new IdMaxRecord(state.IdMax), .. versions.Select(schema => new SchemaRecord(schema.Subject, schema.Version, null))];

    private static void MustBeWritable(string subject, RegistryMode mode)
    {
        if (mode is RegistryMode.READONLY or RegistryMode.READONLY_OVERRIDE)
        {
            throw RegistryException.NotPermitted(subject.Length == 0 ? "The registry is in read-only mode" : $"Subject {subject} is in read-only mode");
        }
    }

    private static void MustBeUnreferenced(RegistryState state, IReadOnlyList<SchemaVersion> versions)
    {
        if (versions.FirstOrDefault(schema => state.ReferrersOf(schema.Subject, schema.Version).Any()) is { } referenced)
        {
            throw RegistryException.Referenced(referenced.Subject, referenced.Version);
        }
    }
}
