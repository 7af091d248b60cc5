namespace Streams.Registry.Store;

/// <summary>An error answer in the registry's own numbering (https://docs.confluent.io/platform/current/schema-registry/develop/api.html).</summary>
public sealed class RegistryProblem(int status, int code, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>error_code.</summary>
    public int Code { get; } = code;

    /// <summary>40401.</summary>
    public static RegistryProblem SubjectNotFound(string subject) => new(404, 40401, $"Subject '{subject}' not found.");

    /// <summary>40402.</summary>
    public static RegistryProblem VersionNotFound(string version) => new(404, 40402, $"Version {version} not found.");

    /// <summary>40403.</summary>
    public static RegistryProblem SchemaNotFound() => new(404, 40403, "Schema not found");

    /// <summary>40404.</summary>
    public static RegistryProblem SubjectSoftDeleted(string subject) =>
        new(404, 40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    /// <summary>40407.</summary>
    public static RegistryProblem VersionSoftDeleted(string subject, int version) =>
        new(404, 40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    /// <summary>42201.</summary>
    public static RegistryProblem InvalidSchema(string why) => new(422, 42201, $"Invalid schema: {why}");

    /// <summary>42202.</summary>
    public static RegistryProblem InvalidVersion(string version) =>
        new(422, 42202, $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    /// <summary>42203.</summary>
    public static RegistryProblem InvalidCompatibility(string? level) => new(422, 42203, $"Invalid compatibility level: {level}");

    /// <summary>42204.</summary>
    public static RegistryProblem InvalidMode(string? mode) => new(422, 42204, $"Invalid mode: {mode}");

    /// <summary>42205.</summary>
    public static RegistryProblem ReadOnly(string subject) => new(422, 42205, $"Subject {subject} is in read-only mode");

    /// <summary>409.</summary>
    public static RegistryProblem Incompatible(string why) => new(409, 409, $"Schema being registered is incompatible with an earlier schema: {why}");

    /// <summary>50302: not yet replayed, or Kafka does not answer.</summary>
    public static RegistryProblem Unavailable(string why) => new(503, 50302, $"STR6101 The registry's store is not available: {why}");
}
