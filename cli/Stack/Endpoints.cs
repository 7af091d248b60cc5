using System.Text.Json;

namespace Streams.Cli.Stack;

/// <summary>One part of a running stack.</summary>
/// <param name="Pid">Process id.</param>
/// <param name="Address"><c>postgresql://user:password@host:port/db</c>, <c>redis://host:port</c>, <c>http://host:port</c>, or <c>host:port</c> for Kafka.</param>
public sealed record Endpoint(int Pid, string Address);

/// <summary>
/// The file <c>.streams/endpoints.json</c>: an object with one member per part, named as in <c>streams run NAME</c> plus <c>postgres</c>, <c>redis</c>,
/// <c>kafka</c> and <c>connect</c>. Written when everything is ready, and again when a part was restarted; removed at the end.
/// </summary>
public sealed class Endpoints
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private Endpoints(IReadOnlyDictionary<string, Endpoint> parts) => Parts = parts;

    /// <summary>Parts by name.</summary>
    public IReadOnlyDictionary<string, Endpoint> Parts { get; }

    /// <summary>One part.</summary>
    /// <exception cref="KeyNotFoundException">The stack has no such part.</exception>
    public Endpoint this[string part] => Parts[part];

    /// <summary>Reads the file of a stack folder; null while it is not there.</summary>
    public static Endpoints? TryRead(string folder)
    {
        var path = PathIn(folder);
        return File.Exists(path) ? new Endpoints(JsonSerializer.Deserialize<Dictionary<string, Endpoint>>(File.ReadAllText(path), Format)!) : null;
    }

    /// <summary>Writes the file whole: readers see the old or the new one, never a part.</summary>
    public static void Write(string folder, IReadOnlyDictionary<string, Endpoint> parts)
    {
        var next = PathIn(folder) + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(parts, Format));
        File.Move(next, PathIn(folder), overwrite: true);
    }

    /// <summary>Removes the file.</summary>
    public static void Delete(string folder) => File.Delete(PathIn(folder));

    private static string PathIn(string folder) => Path.Combine(folder, "endpoints.json");
}
