using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Streams.Local.Connectors;

/// <summary>A connector as a file of <c>debezium/connectors</c> describes it: <c>{"name": …, "config": {…}}</c>, placeholders filled.</summary>
/// <param name="Name">Connector's name in Connect.</param>
/// <param name="Config">Its settings. May hold a password: never log it.</param>
public sealed partial record ConnectorDefinition(string Name, IReadOnlyDictionary<string, string> Config)
{
    /// <summary>Reads a file. Placeholders are <c>${NAME}</c> and <c>${NAME:-default}</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="variable">Value of a placeholder, such as <see cref="Environment.GetEnvironmentVariable(string)"/>; null or empty = not set.</param>
    /// <exception cref="Core.Errors.StreamsException">STR7022: not such JSON, or a placeholder without value and default.</exception>
    public static ConnectorDefinition Read(string path, Func<string, string?> variable) => Parse(File.ReadAllText(path), path, variable);

    /// <summary>As <see cref="Read"/>, from text.</summary>
    public static ConnectorDefinition Parse(string json, string source, Func<string, string?> variable)
    {
        try
        {
            var root = JsonNode.Parse(json)!.AsObject();
            var config = root["config"]!.AsObject().ToDictionary(
                entry => entry.Key, entry => Fill(entry.Value!.GetValue<string>(), source, entry.Key, variable));
            return new ConnectorDefinition(root["name"]!.GetValue<string>(), config);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw LocalErrors.ConnectorFile.With(
                $"{source} is not of the form {{\"name\": \"…\", \"config\": {{\"setting\": \"value\", …}}}}: {exception.Message}", exception);
        }
    }

    private static string Fill(string text, string source, string setting, Func<string, string?> variable) =>
        Placeholder().Replace(text, match =>
        {
            var value = variable(match.Groups["name"].Value);
            return value is { Length: > 0 } ? value
                : match.Groups["default"] is { Success: true } otherwise ? otherwise.Value
                : throw LocalErrors.ConnectorFile.With($"{source}: {setting} needs {match.Groups["name"].Value}, which is not set.");
        });

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
