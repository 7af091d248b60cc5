namespace Streams.Core.Values;

/// <summary>How a value is held. Numbers are frozen: they are in stores and on topics.</summary>
public enum SqlKind : byte
{
    /// <summary>NULL.</summary>
    Null = 0,

    /// <summary>boolean.</summary>
    Boolean = 1,

    /// <summary>smallint, integer, bigint.</summary>
    Integer = 2,

    /// <summary>numeric.</summary>
    Numeric = 3,

    /// <summary>text, varchar, character(n) without its padding, uuid.</summary>
    Text = 4,

    /// <summary>date: days since 1970-01-01.</summary>
    Date = 5,

    /// <summary>timestamp: microseconds since 1970-01-01 00:00.</summary>
    Timestamp = 6,

    /// <summary>timestamptz: microseconds since 1970-01-01 00:00 UTC.</summary>
    TimestampTz = 7,

    /// <summary>A type that is only ever asked whether it is NULL (json, arrays, floats, …).</summary>
    Opaque = 8,
}
