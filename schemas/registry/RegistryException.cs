namespace Streams.Registry;

/// <summary>A refusal with the status and number that clients of Confluent's registry know.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="errorCode">Confluent's number.</param>
/// <param name="message">Message for the client.</param>
public sealed class RegistryException(int status, int errorCode, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>Confluent's number.</summary>
    public int ErrorCode { get; } = errorCode;

    internal static RegistryException SubjectNotFound(string subject) => new(404, 40401, $"Subject '{subject}' not found.");

    internal static RegistryException VersionNotFound(int version) => new(404, 40402, $"Version {version} not found.");

    internal static RegistryException SchemaNotFound() => new(404, 40403, "Schema not found");

    internal static RegistryException SubjectSoftDeleted(string subject) =>
        new(404, 40404, $"Subject '{subject}' was soft deleted. Set permanent=true to delete permanently");

    internal static RegistryException SubjectNotSoftDeleted(string subject) =>
        new(404, 40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    internal static RegistryException VersionSoftDeleted(string subject, int version) =>
        new(404, 40406, $"Subject '{subject}' Version {version} was soft deleted. Set permanent=true to delete permanently");

    internal static RegistryException VersionNotSoftDeleted(string subject, int version) =>
        new(404, 40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    internal static RegistryException NoLevel(string subject) => new(404, 40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    internal static RegistryException NoMode(string subject) => new(404, 40409, $"Subject '{subject}' does not have subject-level mode configured");

    internal static RegistryException InvalidSchema(string reason) => new(422, 42201, $"Invalid schema: {reason}");

    internal static RegistryException InvalidVersion(string version) => new(
        422, 42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    internal static RegistryException InvalidLevel() =>
        new(422, 42203, "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive");

    internal static RegistryException InvalidMode() => new(422, 42204, "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT");

    internal static RegistryException NotPermitted(string reason) => new(422, 42205, reason);

    internal static RegistryException Referenced(string subject, int version) =>
        new(422, 42206, $"One or more references exist to the schema {{subject={subject},version={version}}}.");

    internal static RegistryException Incompatible(IEnumerable<string> reasons) =>
        new(409, 409, $"Schema being registered is incompatible with an earlier schema; details: [{string.Join(", ", reasons)}]");

    internal static RegistryException Unavailable(string reason) => new(503, 50001, reason);

    internal static RegistryException WriteTimeout(string reason) => new(503, 50002, reason);
}
