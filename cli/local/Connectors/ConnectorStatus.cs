using System.Text.Json.Nodes;

namespace Streams.Local.Connectors;

/// <summary>What Connect says about a connector and its tasks.</summary>
/// <param name="Connector">State of the connector: RUNNING, FAILED, UNASSIGNED, …</param>
/// <param name="Tasks">States of its tasks.</param>
/// <param name="Trace">Stack trace of what failed, or null.</param>
public sealed record ConnectorStatus(string Connector, IReadOnlyList<string> Tasks, string? Trace)
{
    private const string Running = "RUNNING";
    private const string Failed = "FAILED";

    /// <summary>True when the connector and at least one task run, and no task does not.</summary>
    public bool IsRunning => Connector == Running && Tasks.Count > 0 && Tasks.All(task => task == Running);

    /// <summary>True when something failed: it stays so until restarted.</summary>
    public bool IsFailed => Connector == Failed || Tasks.Contains(Failed);

    /// <summary>Reads the answer of <c>GET /connectors/NAME/status</c>.</summary>
    public static ConnectorStatus Parse(string json)
    {
        var root = JsonNode.Parse(json)!;
        var tasks = root["tasks"]!.AsArray();
        JsonNode?[] all = [root["connector"], .. tasks];
        return new ConnectorStatus(
            root["connector"]!["state"]!.GetValue<string>(),
            [.. tasks.Select(task => task!["state"]!.GetValue<string>())],
            all.Select(part => part?["trace"]?.GetValue<string>()).FirstOrDefault(trace => trace is not null));
    }
}
