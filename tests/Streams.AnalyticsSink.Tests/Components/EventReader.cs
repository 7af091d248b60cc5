using System.Text.Json;

namespace Streams.AnalyticsSink.Tests.Components;

/// <summary>One event.</summary>
internal sealed record StreamEvent(string Type, string Id, JsonElement Data);

/// <summary>One connection to a change stream.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage answer, StreamReader lines) => (_answer, _lines) = (answer, lines);

    public static async Task<EventReader> OpenAsync(RunningSink sink, string path, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        var answer = await sink.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new EventReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event; null at the end of the connection.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var fields = new Dictionary<string, string>();
        while (await _lines.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length > 0)
            {
                fields[line.Split(": ")[0]] = line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            }
            else if (fields.ContainsKey("data"))
            {
                return new StreamEvent(fields["event"], fields["id"], JsonDocument.Parse(fields["data"]).RootElement);
            }
            else
            {
                fields.Clear();
            }
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
