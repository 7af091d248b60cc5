using Streams.Core.Errors;

namespace Streams.Debezium;

/// <summary>What can be wrong with a change record: STR2xxx. All are poison: the record is parked, its table's values are invalidated broadly.</summary>
public static class ChangeErrors
{
    /// <summary>Not a Debezium envelope.</summary>
    public static readonly StreamsError Undecodable = new("STR2001", ErrorKind.Poison, "A change record cannot be decoded", "Look at the parked record; a converter other than JSON or Avro is the usual cause");

    /// <summary>An update or delete without the row that it needs.</summary>
    public static readonly StreamsError RowMissing = new("STR2002", ErrorKind.Poison, "A change record lacks the row that its operation needs", "Check REPLICA IDENTITY of the table and the connector's transforms");

    /// <summary>The value of a template's column was not sent.</summary>
    public static readonly StreamsError ValueUnavailable = new("STR2003", ErrorKind.Poison, "A template's column was not sent because it did not change and is stored out of line", "Set REPLICA IDENTITY FULL on the table");

    /// <summary>A value that has no text form.</summary>
    public static readonly StreamsError UnsupportedValue = new("STR2004", ErrorKind.Poison, "A template's column holds a value without an exact text form", "Use another column in the template");

    /// <summary>A target over the limit.</summary>
    public static readonly StreamsError TargetTooLong = new("STR2005", ErrorKind.Poison, "A cache key is longer than 1,024 bytes", "Use shorter columns in the template");
}
