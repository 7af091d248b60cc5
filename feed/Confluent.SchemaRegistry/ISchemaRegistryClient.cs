namespace Confluent.SchemaRegistry;

/// <summary>A client of Confluent's registry API, as far as it is used.</summary>
public interface ISchemaRegistryClient : IDisposable
{
    /// <summary>Schemas kept in memory.</summary>
    int MaxCachedSchemas { get; }

    /// <summary>Registers a schema or finds it; returns its id.</summary>
    Task<int> RegisterSchemaAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>Id of a schema that is registered under the subject.</summary>
    Task<int> GetSchemaIdAsync(string subject, Schema schema, bool normalize = false);

    /// <summary>A schema by id.</summary>
    Task<Schema> GetSchemaAsync(int id, string? format = null);

    /// <summary>A schema by GUID.</summary>
    Task<Schema> GetSchemaByGuidAsync(string guid, string? format = null);

    /// <summary>The newest version of a subject.</summary>
    Task<RegisteredSchema> GetLatestSchemaAsync(string subject);

    /// <summary>A version of a subject.</summary>
    Task<RegisteredSchema> GetRegisteredSchemaAsync(string subject, int version, bool ignoreDeletedSchemas = true);

    /// <summary>Subjects.</summary>
    Task<List<string>> GetAllSubjectsAsync();

    /// <summary>Versions of a subject.</summary>
    Task<List<int>> GetSubjectVersionsAsync(string subject);

    /// <summary>Whether a schema could be registered as the next version.</summary>
    Task<bool> IsCompatibleAsync(string subject, Schema schema);

    /// <summary>Sets which schemas may follow one another under a subject, or everywhere.</summary>
    Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string? subject = null);
}
