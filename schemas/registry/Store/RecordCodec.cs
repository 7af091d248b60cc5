using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streams.Registry.Store;

/// <summary>
/// Records as JSON in the form that Confluent's registry gives them in its topic, so that one can take over from the other. The one form of
/// ours, <c>STREAMS_ID_MAX</c>, is passed over there as an unknown key.
/// </summary>
public static class RecordCodec
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Key and value; the value is null for a deletion.</summary>
    public static (byte[] Key, byte[]? Value) Write(StoreRecord record) => record switch
    {
        SchemaRecord schema => (Json(new Key("SCHEMA", schema.Subject, schema.Version, 1)), schema.Schema is { } value ? Json(Of(value)) : null),
        LevelRecord level => (Json(new Key("CONFIG", Name(level.Subject), null, 0)), level.Level is { } value ? Json(new Value { CompatibilityLevel = value.ToString() }) : null),
        ModeRecord mode => (Json(new Key("MODE", Name(mode.Subject), null, 0)), mode.Mode is { } value ? Json(new Value { Mode = value.ToString() }) : null),
        IdMaxRecord highest => (Json(new Key("STREAMS_ID_MAX", null, null, 0)), Json(new Value { Id = highest.Id })),
        SubjectDeletedRecord deleted => (Json(new Key("DELETE_SUBJECT", deleted.Subject, null, 0)), Json(new Value { Subject = deleted.Subject, Version = deleted.Version })),
        NoopRecord => (Json(new { keytype = "NOOP", magic = 0 }), null),
        _ => throw new ArgumentException($"{record.GetType().Name} has no form in the log.", nameof(record)),
    };

    /// <summary>The record; null for kinds that say nothing to us (such as NOOP).</summary>
    /// <exception cref="JsonException">It is not JSON, or lacks what its kind needs.</exception>
    public static StoreRecord? Read(ReadOnlySpan<byte> key, byte[]? value)
    {
        var name = JsonSerializer.Deserialize<Key>(key, Options) ?? throw new JsonException("The key is null.");
        var content = value is null ? null : JsonSerializer.Deserialize<Value>(value, Options);
        return name.Keytype switch
        {
            "SCHEMA" => new SchemaRecord(Needed(name.Subject), name.Version ?? throw new JsonException("No version."), content is null ? null : Schema(name, content)),
            "CONFIG" => new LevelRecord(name.Subject ?? "", content is null ? null : Parsed<CompatibilityLevel>(content.CompatibilityLevel)),
            "MODE" => new ModeRecord(name.Subject ?? "", content is null ? null : Parsed<RegistryMode>(content.Mode)),
            "STREAMS_ID_MAX" => content?.Id is { } id ? new IdMaxRecord(id) : null,
            "DELETE_SUBJECT" when content is not null => new SubjectDeletedRecord(Needed(name.Subject), content.Version ?? 0),
            _ => null,
        };
    }

    private static SchemaVersion Schema(Key key, Value value)
    {
        if (value.SchemaType is not (null or "AVRO"))
        {
            throw new JsonException($"A schema of type {value.SchemaType}.");
        }

        var id = value.Id ?? throw new JsonException("No id.");
        return new SchemaVersion(key.Subject!, key.Version!.Value, id, new SchemaContent(Needed(value.Schema), value.References ?? []), value.Deleted ?? false);
    }

    private static Value Of(SchemaVersion schema) => new()
    {
        Subject = schema.Subject,
        Version = schema.Version,
        Id = schema.Id,
        Guid = schema.Content.Guid.ToString(),
        References = schema.Content.References.Count > 0 ? schema.Content.References : null,
        Schema = schema.Content.Text,
        Deleted = schema.Deleted,
    };

    private static string? Name(string subject) => subject.Length == 0 ? null : subject;

    private static string Needed(string? text) => text ?? throw new JsonException("Something is missing.");

    private static T Parsed<T>(string? text)
        where T : struct, Enum => Enum.TryParse<T>(text, out var value) ? value : throw new JsonException($"{text} is no {typeof(T).Name}.");

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    private sealed record Key(
        string Keytype,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Subject,
        int? Version,
        int Magic);

    private sealed record Value
    {
        public string? Subject { get; init; }

        public int? Version { get; init; }

        public int? Id { get; init; }

        public string? Guid { get; init; }

        public string? SchemaType { get; init; }

        public IReadOnlyList<SchemaReference>? References { get; init; }

        public string? Schema { get; init; }

        public bool? Deleted { get; init; }

        public string? CompatibilityLevel { get; init; }

        public string? Mode { get; init; }
    }
}
