using Streams.Core.Errors;

namespace Streams.Debezium;

/// <summary>What can be wrong with a change record: STR2xxx. All are poison: the record is parked, its table's values are invalidated broadly.</summary>
public static class ChangeErrors
{
    /// <summary>Not a Debezium envelope.</summary>
    public static readonly StreamsError Undecodable = Of("STR2001", "A change record cannot be decoded", "Look at the parked record; a converter other than JSON or Avro is the usual cause");

    /// <summary>An update or delete without the row that it needs.</summary>
    public static readonly StreamsError RowMissing = Of("STR2002", "A change record lacks the row that its operation needs", "Check REPLICA IDENTITY of the table and the connector's transforms");

    /// <summary>The value of a template's column was not sent.</summary>
    public static readonly StreamsError ValueUnavailable = Of("STR2003", "A template's column was not sent because it did not change and is stored out of line", "Set REPLICA IDENTITY FULL on the table");

    /// <summary>A value that has no text form.</summary>
    public static readonly StreamsError UnsupportedValue = Of("STR2004", "A template's column holds a value without an exact text form", "Use another column in the template");

    /// <summary>A target over the limit.</summary>
    public static readonly StreamsError TargetTooLong = Of("STR2005", "A cache key is longer than 1,024 bytes", "Use shorter columns in the template");

    private static StreamsError Of(string code, string title, string remedy) => new(code, ErrorKind.Poison, title, remedy);
}
