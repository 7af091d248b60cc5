using System.Globalization;

namespace Streams.AnalyticsSink.Shapes;

/// <summary>Pieces of SQL text.</summary>
public static class Sql
{
    /// <summary>A name in double quotes.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A WAL position as Postgres prints it: <c>16/B374D848</c>.</summary>
    public static string Lsn(long lsn) => string.Create(CultureInfo.InvariantCulture, $"{lsn >> 32:X}/{(uint)lsn:X}");

    /// <summary>Parts with commas between them.</summary>
    public static string List(IEnumerable<string> parts) => string.Join(", ", parts);
}
