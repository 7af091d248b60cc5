using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Streams.Core.Aggregates;

/// <summary>How far one output partition of an aggregate is: everything of <see cref="Raw"/> is contained in its records below <see cref="OutputOffset"/>.</summary>
/// <param name="Aggregate">Name.</param>
/// <param name="Epoch">Epoch.</param>
/// <param name="Partition">Partition of the output topic.</param>
/// <param name="OutputOffset">Offset after the last acknowledged record.</param>
/// <param name="Raw">Per raw partition.</param>
public sealed record AggregateProgress(string Aggregate, long Epoch, int Partition, long OutputOffset, ImmutableArray<RawProgress> Raw)
{
    /// <value><see cref="AggregatePlan.Hash"/> that the epoch was begun with; null: not told.</value>
    public string? Definition { get; init; }

    /// <value>Whether the epoch is live and its rows are in the output; before, the epoch is computed in the shadow.</value>
    public bool IsPublished { get; init; }

    /// <summary>Key in the progress topic.</summary>
    [JsonIgnore]
    public string Key => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Aggregate}/{Epoch}/{Partition}");

    /// <summary>From the bytes of a record.</summary>
    /// <exception cref="JsonException">They are none.</exception>
    public static AggregateProgress Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, ProgressJson.Default.AggregateProgress) ?? throw new JsonException("null");

    /// <summary>Bytes of a record.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, ProgressJson.Default.AggregateProgress);
}

/// <summary>How far one raw partition is.</summary>
/// <param name="Partition">Raw partition.</param>
/// <param name="Position">Every record below this offset is contained.</param>
/// <param name="Lsn">Every commit up to this WAL position is contained; null: not known yet.</param>
/// <param name="Micros">Source's clock then, microseconds since 1970.</param>
public sealed record RawProgress(int Partition, long Position, long? Lsn, long? Micros);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AggregateProgress))]
internal sealed partial class ProgressJson : JsonSerializerContext;
