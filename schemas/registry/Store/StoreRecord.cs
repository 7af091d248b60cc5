namespace Streams.Registry.Store;

/// <summary>One record of the log. Keys are distinct per thing, so that compaction keeps the newest of each.</summary>
public abstract record StoreRecord;

/// <summary>A version of a subject.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Version">Version.</param>
/// <param name="Schema">The schema; null when it is gone for good.</param>
public sealed record SchemaRecord(string Subject, int Version, SchemaVersion? Schema) : StoreRecord;

/// <summary>All versions of a subject up to one were soft-deleted. Read only: Confluent's registry writes it; ours marks each version.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Version">Last version that is meant.</param>
public sealed record SubjectDeletedRecord(string Subject, int Version) : StoreRecord;

/// <summary>Compatibility of a subject or, by the empty name, of all.</summary>
/// <param name="Subject">Subject or empty.</param>
/// <param name="Level">Level; null when it is unset.</param>
public sealed record LevelRecord(string Subject, CompatibilityLevel? Level) : StoreRecord;

/// <summary>Mode of a subject or, by the empty name, of all.</summary>
/// <param name="Subject">Subject or empty.</param>
/// <param name="Mode">Mode; null when it is unset.</param>
public sealed record ModeRecord(string Subject, RegistryMode? Mode) : StoreRecord;

/// <summary>The highest id so far, written before the version that holds it is deleted for good: ids are not reused.</summary>
/// <param name="Id">Id.</param>
public sealed record IdMaxRecord(int Id) : StoreRecord;

/// <summary>Says nothing. Once it is read back, all that was written before it is known.</summary>
public sealed record NoopRecord : StoreRecord;
