namespace Streams.Registry.Store;

/// <summary>What a request does: records to append, and the answer once they are read back.</summary>
/// <param name="Records">In order; none when nothing changes.</param>
/// <param name="Answer">Answer.</param>
public sealed record Decision<T>(IReadOnlyList<StoreRecord> Records, T Answer);

/// <summary>A schema as a client sends it.</summary>
/// <param name="Schema">Text.</param>
/// <param name="SchemaType">Null or AVRO.</param>
/// <param name="References">Schemas it takes types from.</param>
/// <param name="Id">Only in IMPORT mode.</param>
/// <param name="Version">Only in IMPORT mode.</param>
public sealed record SchemaRequest(string? Schema, string? SchemaType, IReadOnlyList<SchemaReference>? References, int? Id, int? Version);
