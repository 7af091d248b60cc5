using Streams.Core.Errors;

namespace Streams.Schemas;

/// <summary>Errors of schemas and their registry: STR6xxx.</summary>
public static class SchemaErrors
{
    /// <summary>No answer.</summary>
    public static readonly StreamsError RegistryUnreachable = new(
        "STR6001", ErrorKind.Transient, "The schema registry does not answer", "Start it or correct Streams:Registry:Url; it is asked again by itself");

    /// <summary>It refused the schema.</summary>
    public static readonly StreamsError SchemaRefused = new(
        "STR6002", ErrorKind.Permanent, "The schema registry refused a schema", "Compare the schema with the subject's versions: it is not compatible, or the subject is read-only");

    /// <summary>A record that is not what its topic's schema says.</summary>
    public static readonly StreamsError Undecodable = new(
        "STR6003", ErrorKind.Poison, "A record cannot be decoded by its schema", "Look at the parked record and at the schema that it names");
}
