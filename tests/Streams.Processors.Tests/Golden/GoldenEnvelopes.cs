using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streams.Processors.Tests.Golden;

/// <summary>One record that the real connector wrote, and what was true in the database when it did.</summary>
/// <param name="Name">Step of the script.</param>
/// <param name="Envelope">The record's value, unchanged.</param>
/// <param name="Before">Columns of the row before as <c>column::text</c>; null = no such row.</param>
/// <param name="After">Columns of the row after.</param>
internal sealed record GoldenEnvelope(string Name, JsonNode Envelope, Dictionary<string, string?>? Before, Dictionary<string, string?>? After);

/// <summary>The records in <c>Golden/*.json</c>: written by <see cref="DebeziumTests"/> when STREAMS_GOLDEN names the folder, read by <see cref="GoldenTests"/>.</summary>
internal static class GoldenEnvelopes
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static List<GoldenEnvelope> Read(string file) =>
        JsonSerializer.Deserialize<List<GoldenEnvelope>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", file)))!;

    public static void Write(string file, List<GoldenEnvelope> envelopes)
    {
        if (Environment.GetEnvironmentVariable("STREAMS_GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(envelopes, Format) + "\n");
        }
    }
}
