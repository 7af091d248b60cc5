using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Streams.Local.Processes;

namespace Streams.Local.Connectors;

/// <summary>
/// Puts a connector in place on a Connect worker and waits until it really runs. Idempotent: the same definition again changes nothing,
/// except that what had failed is restarted once.
/// </summary>
/// <param name="connect">Base address of the worker.</param>
/// <param name="http">Client; its time-out bounds one request.</param>
/// <param name="time">Clock.</param>
public sealed class ConnectorInstaller(Uri connect, HttpClient http, TimeProvider time)
{
    private const int TraceLines = 25;

    /// <value>How long it may take until connector and task run. Default 60 s.</value>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <value>
    /// What shows, besides Connect's word, that the connector streams. Debezium looks at slot and offset only after its task has reported
    /// RUNNING, so a refusal would be missed without this. Default: Connect's word.
    /// </value>
    public Func<CancellationToken, Task<bool>> Streams { get; init; } = _ => Task.FromResult(true);

    /// <summary>Installs; returns when connector and task are RUNNING and stream. STR7021 with Connect's message or the task's trace otherwise.</summary>
    public async Task InstallAsync(ConnectorDefinition definition, CancellationToken cancellationToken)
    {
        await PutAsync(definition, cancellationToken);
        var restarted = false;
        ConnectorStatus? status = null;
        var running = await Poll.UntilAsync(
            async token =>
            {
                status = await StatusAsync(definition.Name, token);
                if (status is { IsFailed: true } && !restarted)
                {
                    // May be the failure of an earlier run that the same configuration does not clear.
                    restarted = true;
                    await RestartAsync(definition.Name, token);
                    return false;
                }

                return status is { IsFailed: true } || (status is { IsRunning: true } && await Streams(token));
            },
            Limit,
            time,
            cancellationToken);
        if (status is not { IsRunning: true } || !running)
        {
            throw Failed(definition.Name, status);
        }
    }

    /// <summary>State now; null while Connect does not know the connector (yet).</summary>
    public async Task<ConnectorStatus?> StatusAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(At(name, "status"), cancellationToken);
        // 409: the worker is rebalancing.
        return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict
            ? null
            : ConnectorStatus.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
    }

    private async Task PutAsync(ConnectorDefinition definition, CancellationToken cancellationToken)
    {
        var refusal = string.Empty;
        var accepted = await Poll.UntilAsync(
            async token =>
            {
                using var answer = await http.PutAsJsonAsync(At(definition.Name, "config"), definition.Config, token);
                var settled = answer.StatusCode != HttpStatusCode.Conflict;
                refusal = answer.IsSuccessStatusCode ? string.Empty : await answer.Content.ReadAsStringAsync(token);
                return settled;
            },
            Limit,
            time,
            cancellationToken);
        if (!accepted || refusal.Length > 0)
        {
            throw LocalErrors.ConnectorFailed.With($"Connect at {connect} refuses '{definition.Name}': {Message(refusal)}");
        }
    }

    private async Task RestartAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsync(At(name, "restart?includeTasks=true&onlyFailed=true"), null, cancellationToken);
    }

    private Core.Errors.StreamsException Failed(string name, ConnectorStatus? status)
    {
        var lines = (status?.Trace ?? "no trace").Split('\n').Select(line => line.TrimEnd()).Where(line => !line.StartsWith("\tat ", StringComparison.Ordinal));
        var state = status is null ? "unknown to Connect" : $"{status.Connector}, tasks: [{string.Join(", ", status.Tasks)}]";
        return LocalErrors.ConnectorFailed.With($"'{name}' is {state} after {Limit.TotalSeconds:0} s at most.\n  {string.Join("\n  ", lines.Take(TraceLines))}\n");
    }

    private Uri At(string name, string rest) => new(connect, $"/connectors/{Uri.EscapeDataString(name)}/{rest}");

    private static string Message(string body)
    {
        try
        {
            return JsonNode.Parse(body)?["message"]?.GetValue<string>() ?? body;
        }
        catch (System.Text.Json.JsonException)
        {
            return body;
        }
    }
}
