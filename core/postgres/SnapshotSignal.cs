using System.Text.Json;
using System.Text.RegularExpressions;

namespace Streams.Postgres;

/// <summary>
/// Debezium's signal for an incremental snapshot (https://debezium.io/documentation/reference/stable/configuration/signalling.html).
/// </summary>
public static class SnapshotSignal
{
    /// <summary>Data of the signal: one table, by a regular expression that only it matches.</summary>
    /// <param name="table"><c>schema.table</c>.</param>
    public static string Of(string table) => $$"""{"type":"incremental","data-collections":["{{JsonEncodedText.Encode(Regex.Escape(table))}}"]}""";
}
