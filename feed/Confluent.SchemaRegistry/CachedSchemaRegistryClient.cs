using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Confluent.SchemaRegistry;

/// <summary>A client that asks the registry once for each schema and id. Several URLs are tried in order while none answers.</summary>
public class CachedSchemaRegistryClient : ISchemaRegistryClient
{
    private const string MediaType = "application/vnd.schemaregistry.v1+json";
    private readonly HttpClient _http;
    private readonly string[] _urls;
    private readonly ConcurrentDictionary<(string Subject, string Schema), int> _ids = new();
    private readonly ConcurrentDictionary<string, Schema> _schemas = new();

    /// <summary>Connects at the first call.</summary>
    /// <exception cref="ArgumentException">No URL is given.</exception>
    public CachedSchemaRegistryClient(SchemaRegistryConfig config)
    {
        _urls = [.. (config.Url ?? throw new ArgumentException("schema.registry.url is not set.", nameof(config)))
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => url.TrimEnd('/'))];
        MaxCachedSchemas = config.MaxCachedSchemas ?? 1000;
        _http = new HttpClient { Timeout = TimeSpan.FromMilliseconds(config.RequestTimeoutMs ?? 30_000) };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
    }

    /// <inheritdoc/>
    public int MaxCachedSchemas { get; }

    /// <inheritdoc/>
    public async Task<int> RegisterSchemaAsync(string subject, Schema schema, bool normalize = false)
    {
        if (_ids.TryGetValue((subject, schema.SchemaString), out var known))
        {
            return known;
        }

        var answer = await SendAsync<IdResponse>(HttpMethod.Post, $"/subjects/{Escape(subject)}/versions?normalize={(normalize ? "true" : "false")}", schema);
        return Remember(subject, schema, answer.Id);
    }

    /// <inheritdoc/>
    public async Task<int> GetSchemaIdAsync(string subject, Schema schema, bool normalize = false)
    {
        if (_ids.TryGetValue((subject, schema.SchemaString), out var known))
        {
            return known;
        }

        var answer = await SendAsync<IdResponse>(HttpMethod.Post, $"/subjects/{Escape(subject)}?normalize={(normalize ? "true" : "false")}", schema);
        return Remember(subject, schema, answer.Id);
    }

    /// <inheritdoc/>
    public Task<Schema> GetSchemaAsync(int id, string? format = null) => CachedSchemaAsync($"/schemas/ids/{id}");

    /// <inheritdoc/>
    public Task<Schema> GetSchemaByGuidAsync(string guid, string? format = null) => CachedSchemaAsync($"/schemas/guids/{Escape(guid)}");

    /// <inheritdoc/>
    public async Task<RegisteredSchema> GetLatestSchemaAsync(string subject) => Registered(
        await SendAsync<SchemaResponse>(HttpMethod.Get, $"/subjects/{Escape(subject)}/versions/latest"));

    /// <inheritdoc/>
    public async Task<RegisteredSchema> GetRegisteredSchemaAsync(string subject, int version, bool ignoreDeletedSchemas = true) => Registered(
        await SendAsync<SchemaResponse>(HttpMethod.Get, $"/subjects/{Escape(subject)}/versions/{version}?deleted={(ignoreDeletedSchemas ? "false" : "true")}"));

    /// <inheritdoc/>
    public Task<List<string>> GetAllSubjectsAsync() => SendAsync<List<string>>(HttpMethod.Get, "/subjects");

    /// <inheritdoc/>
    public Task<List<int>> GetSubjectVersionsAsync(string subject) => SendAsync<List<int>>(HttpMethod.Get, $"/subjects/{Escape(subject)}/versions");

    /// <inheritdoc/>
    public async Task<bool> IsCompatibleAsync(string subject, Schema schema) =>
        (await SendAsync<CompatibilityResponse>(HttpMethod.Post, $"/compatibility/subjects/{Escape(subject)}/versions/latest", schema)).IsCompatible;

    /// <inheritdoc/>
    public async Task<Compatibility> UpdateCompatibilityAsync(Compatibility compatibility, string? subject = null)
    {
        var name = string.Concat(compatibility.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
        await SendAsync<CompatibilityConfig>(
            HttpMethod.Put, subject is null ? "/config" : $"/config/{Escape(subject)}", () => JsonContent.Create(new CompatibilityConfig(name.ToUpperInvariant()), new MediaTypeHeaderValue(MediaType)));
        return compatibility;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Remember(string subject, Schema schema, int id)
    {
        if (_ids.Count >= MaxCachedSchemas)
        {
            _ids.Clear();
        }

        _ids[(subject, schema.SchemaString)] = id;
        return id;
    }

    private async Task<Schema> CachedSchemaAsync(string path)
    {
        if (_schemas.TryGetValue(path, out var known))
        {
            return known;
        }

        var answer = await SendAsync<SchemaResponse>(HttpMethod.Get, path);
        if (_schemas.Count >= MaxCachedSchemas)
        {
            _schemas.Clear();
        }

        return _schemas[path] = new Schema(answer.Schema, TypeOf(answer.SchemaType));
    }

    private Task<T> SendAsync<T>(HttpMethod method, string path, Schema body) => SendAsync<T>(method, path, () =>
    {
        var type = body.SchemaType == SchemaType.Avro ? null : body.SchemaType.ToString().ToUpperInvariant();
        return JsonContent.Create(new SchemaRequest(body.SchemaString, type), new MediaTypeHeaderValue(MediaType));
    });

    private async Task<T> SendAsync<T>(HttpMethod method, string path, Func<HttpContent>? body = null)
    {
        HttpRequestException? last = null;
        foreach (var url in _urls)
        {
            using var request = new HttpRequestMessage(method, url + path);
            request.Content = body?.Invoke();

            try
            {
                using var response = await _http.SendAsync(request).ConfigureAwait(false);
                return response.IsSuccessStatusCode
                    ? (await response.Content.ReadFromJsonAsync<T>().ConfigureAwait(false))!
                    : throw await ErrorAsync(response).ConfigureAwait(false);
            }
            catch (HttpRequestException exception) when (exception is not SchemaRegistryException { Status: < HttpStatusCode.InternalServerError })
            {
                last = exception;
            }
        }

        throw last!;
    }

    private static async Task<SchemaRegistryException> ErrorAsync(HttpResponseMessage response)
    {
        try
        {
            var error = await response.Content.ReadFromJsonAsync<ErrorResponse>().ConfigureAwait(false);
            return new SchemaRegistryException(error?.Message ?? response.ReasonPhrase ?? "", response.StatusCode, error?.ErrorCode ?? (int)response.StatusCode);
        }
        catch (System.Text.Json.JsonException)
        {
            return new SchemaRegistryException(response.ReasonPhrase ?? "", response.StatusCode, (int)response.StatusCode);
        }
    }

    private static RegisteredSchema Registered(SchemaResponse answer) =>
        new(answer.Subject!, answer.Version!.Value, answer.Id!.Value, answer.Schema, TypeOf(answer.SchemaType));

    private static SchemaType TypeOf(string? name) => name switch { "JSON" => SchemaType.Json, "PROTOBUF" => SchemaType.Protobuf, _ => SchemaType.Avro };

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
