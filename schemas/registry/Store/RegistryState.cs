using System.Text.Json.Nodes;

namespace Streams.Registry.Store;

/// <summary>
/// What the log says, replayed. Only <see cref="Apply"/> changes it; commands are decided from it elsewhere and become records of the log first.
/// Not thread-safe: the owner locks.
/// </summary>
public sealed class RegistryState
{
    private readonly SortedDictionary<string, SortedDictionary<int, SchemaEntry>> _subjects = new(StringComparer.Ordinal);
    private readonly Dictionary<int, SchemaEntry> _byId = [];
    private readonly Dictionary<string, int> _lastVersions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _levels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _modes = new(StringComparer.Ordinal);

    /// <summary>Highest id ever given.</summary>
    public int LastId { get; private set; }

    /// <summary>Subjects in order.</summary>
    public IEnumerable<string> Subjects(bool deleted) =>
        _subjects.Where(pair => pair.Value.Values.Any(entry => deleted || !entry.Deleted)).Select(pair => pair.Key);

    /// <summary>Versions of a subject, oldest first; empty if there is none.</summary>
    public IReadOnlyList<SchemaEntry> Versions(string subject, bool deleted) =>
        _subjects.TryGetValue(subject, out var versions) ? [.. versions.Values.Where(entry => deleted || !entry.Deleted)] : [];

    /// <summary>A schema by id, also when all its versions are deleted.</summary>
    public SchemaEntry? ById(int id) => _byId.GetValueOrDefault(id);

    /// <summary>A schema by GUID.</summary>
    public SchemaEntry? ByGuid(Guid guid) => _byId.Values.FirstOrDefault(entry => entry.Guid == guid);

    /// <summary>Versions that use an id.</summary>
    public IEnumerable<SchemaEntry> Uses(int id, bool deleted) =>
        _subjects.Values.SelectMany(versions => versions.Values).Where(entry => entry.Id == id && (deleted || !entry.Deleted));

    /// <summary>Id of a text that was registered before under any subject.</summary>
    public int? IdOf(string text, string type) => _byId.Values.FirstOrDefault(entry => entry.Text == text && entry.Type == type)?.Id;

    /// <summary>Highest version ever given in a subject.</summary>
    public int LastVersion(string subject) => _lastVersions.GetValueOrDefault(subject);

    /// <summary>Level of a subject (empty = global), or null if not configured.</summary>
    public string? Level(string subject) => _levels.GetValueOrDefault(subject);

    /// <summary>Mode of a subject (empty = global), or null if not configured.</summary>
    public string? Mode(string subject) => _modes.GetValueOrDefault(subject);

    /// <summary>One record of the log. Kinds that are not known are passed over, as Confluent's registry does.</summary>
    public void Apply(JsonNode key, JsonNode? value)
    {
        var subject = (string?)key["subject"] ?? "";
        switch ((string?)key["keytype"])
        {
            case "SCHEMA":
                ApplySchema(subject, (int)key["version"]!, value);
                break;
            case "CONFIG":
                Set(_levels, subject, (string?)value?["compatibilityLevel"]);
                break;
            case "MODE":
                Set(_modes, subject, (string?)value?["mode"]);
                break;
        }
    }

    private void ApplySchema(string subject, int version, JsonNode? value)
    {
        if (value is null)
        {
            if (_subjects.TryGetValue(subject, out var versions) && versions.Remove(version) && versions.Count == 0)
            {
                _subjects.Remove(subject);
            }

            return;
        }

        var entry = new SchemaEntry(
            subject, version, (int)value["id"]!, (string)value["schema"]!, (string?)value["schemaType"] ?? "AVRO", (bool?)value["deleted"] ?? false);
        if (!_subjects.TryGetValue(subject, out var known))
        {
            _subjects[subject] = known = [];
        }

        known[version] = entry;
        _byId[entry.Id] = entry;
        LastId = Math.Max(LastId, entry.Id);
        _lastVersions[subject] = Math.Max(LastVersion(subject), version);
    }

    private static void Set(Dictionary<string, string> map, string subject, string? value)
    {
        if (value is null)
        {
            map.Remove(subject);
        }
        else
        {
            map[subject] = value;
        }
    }
}
