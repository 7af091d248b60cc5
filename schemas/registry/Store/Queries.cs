using System.Globalization;

namespace Streams.Registry.Store;

/// <summary>Reads of the state, with the refusals that clients know.</summary>
public static class Queries
{
    /// <summary>Subjects with a version that is to be seen.</summary>
    public static IEnumerable<string> SubjectNames(this RegistryState state, string prefix, bool deleted, bool deletedOnly) => state.Subjects
        .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
        .Where(entry => entry.Value.Values.Any(schema => !schema.Deleted) ? !deletedOnly : deleted || deletedOnly)
        .Select(entry => entry.Key);

    /// <summary>Versions of a subject that are to be seen; never empty.</summary>
    /// <exception cref="RegistryException">40401.</exception>
    public static IReadOnlyList<SchemaVersion> Visible(this RegistryState state, string subject, bool deleted)
    {
        var versions = state.VersionsOf(subject).Values.Where(schema => deleted || !schema.Deleted).ToList();
        return versions.Count > 0 ? versions : throw RegistryException.SubjectNotFound(subject);
    }

    /// <summary>A version by number, or "latest" (also −1).</summary>
    /// <exception cref="RegistryException">40401, 40402, 42202.</exception>
    public static SchemaVersion Version(this RegistryState state, string subject, string version, bool deleted)
    {
        var wanted = VersionNumber(version);
        var versions = state.Visible(subject, deleted);
        return wanted is null ? versions[^1] : versions.FirstOrDefault(schema => schema.Version == wanted) ?? throw RegistryException.VersionNotFound(wanted.Value);
    }

    /// <summary>Number of a version; null for the latest.</summary>
    /// <exception cref="RegistryException">42202.</exception>
    public static int? VersionNumber(string version)
    {
        if (version is "latest" or "-1")
        {
            return null;
        }

        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw RegistryException.InvalidVersion(version);
    }

    /// <summary>A schema by id.</summary>
    /// <exception cref="RegistryException">40403.</exception>
    public static SchemaContent Schema(this RegistryState state, int id) =>
        state.Schemas.TryGetValue(id, out var content) ? content : throw RegistryException.SchemaNotFound();

    /// <summary>The id of a GUID.</summary>
    /// <exception cref="RegistryException">40403.</exception>
    public static int IdOf(this RegistryState state, string guid) =>
        Guid.TryParse(guid, out var parsed) && state.Ids.TryGetValue(parsed, out var id) ? id : throw RegistryException.SchemaNotFound();

    /// <summary>Where an id is in use.</summary>
    public static IEnumerable<SchemaVersion> UsesOf(this RegistryState state, int id, bool deleted) =>
        state.Subjects.Values.SelectMany(versions => versions.Values).Where(schema => schema.Id == id && (deleted || !schema.Deleted));

    /// <summary>Schemas that take types from a version.</summary>
    public static IEnumerable<SchemaVersion> ReferrersOf(this RegistryState state, string subject, int version) => state.Subjects.Values
        .SelectMany(versions => versions.Values)
        .Where(schema => !schema.Deleted && schema.Content.References.Any(reference => reference.Subject == subject && reference.Version == version));

    /// <summary>A schema under a subject by its text.</summary>
    /// <exception cref="RegistryException">40401, 40403, 42201.</exception>
    public static SchemaVersion Lookup(this RegistryState state, string subject, SchemaRequest request, bool normalize, bool deleted)
    {
        var versions = state.Visible(subject, deleted);
        var content = SchemaReader.Content(state, request, normalize);
        return versions.LastOrDefault(schema => schema.Content.Equals(content)) ?? throw RegistryException.SchemaNotFound();
    }
}
