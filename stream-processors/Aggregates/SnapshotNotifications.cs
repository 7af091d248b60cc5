using System.Text.Json;

namespace Streams.Processors.Aggregates;

/// <summary>
/// What the connector tells of snapshots (https://debezium.io/documentation/reference/stable/configuration/notification.html), folded in the order of
/// its topic. Incremental snapshots are queued behind one another: <c>COMPLETED</c> says that the queue is empty, and its id is that of the newest
/// signal. So one that has been told of is complete with the next <c>COMPLETED</c>, whatever its id.
/// </summary>
public sealed class SnapshotNotifications
{
    private const string Initial = "Initial Snapshot";
    private const string Incremental = "Incremental Snapshot";
    private readonly HashSet<string> _running = [];
    private readonly Dictionary<string, SnapshotState> _ended = [];

    /// <summary>Id of the newest initial (or blocking) snapshot's first notification; null: none was seen.</summary>
    public string? NewestInitial { get; private set; }

    /// <summary>How many initial (or blocking) snapshots have begun.</summary>
    public int Initials { get; private set; }

    /// <summary>Whether an incremental snapshot is under way.</summary>
    public bool IsRunning => _running.Count > 0;

    /// <summary>Whether somebody has paused it by a signal.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>How much was told of incremental snapshots.</summary>
    public long Told { get; private set; }

    /// <summary>State of the snapshot that a signal asked for.</summary>
    public SnapshotState StateOf(string signal) =>
        _ended.TryGetValue(signal, out var ended) ? ended : _running.Contains(signal) ? SnapshotState.Running : SnapshotState.Unseen;

    /// <summary>Takes the value of one record; what is no notification is passed over.</summary>
    public void Take(ReadOnlySpan<byte> value)
    {
        if (Notification.Read(value) is not { } notification)
        {
            return;
        }

        if (notification.AggregateType == Incremental)
        {
            (Told, IsPaused) = (Told + 1, notification.Type == "PAUSED");
        }

        switch (notification)
        {
            case { AggregateType: Initial, Type: "STARTED" }:
                (NewestInitial, Initials) = (notification.Id, Initials + 1);
                break;
            case { AggregateType: Incremental, Type: "COMPLETED" }:
                _running.Add(notification.Id);
                End(SnapshotState.Completed);
                break;
            case { AggregateType: Incremental, Type: "ABORTED" }:
                _running.Add(notification.Id);
                End(SnapshotState.Failed);
                break;
            case { AggregateType: Incremental }:
                _running.Add(notification.Id);
                Scanned(notification);
                break;
        }
    }

    /// <summary>Whatever is under way or <paramref name="awaited"/> will not be told of any more (<see cref="SnapshotWatch"/>): it has failed.</summary>
    public void GiveUp(IEnumerable<string> awaited)
    {
        _running.UnionWith(awaited);
        End(SnapshotState.Failed);
    }

    /// <summary>A table that could not be read fails every snapshot under way: which of them wanted it is not told.</summary>
    private void Scanned(Notification notification)
    {
        if (notification is { Type: "TABLE_SCAN_COMPLETED", Status: not ("SUCCEEDED" or "EMPTY") })
        {
            foreach (var signal in _running)
            {
                _ended[signal] = SnapshotState.Failed;
            }
        }
    }

    private void End(SnapshotState state)
    {
        foreach (var signal in _running)
        {
            _ended.TryAdd(signal, state);
        }

        _running.Clear();
    }

    private sealed record Notification(string Id, string AggregateType, string Type, string? Status)
    {
        public static Notification? Read(ReadOnlySpan<byte> value)
        {
            try
            {
                var reader = new Utf8JsonReader(value);
                using var document = JsonDocument.ParseValue(ref reader);
                var root = document.RootElement;
                root = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("payload", out var payload) ? payload : root;
                return new Notification(
                    root.GetProperty("id").GetString()!, root.GetProperty("aggregate_type").GetString()!, root.GetProperty("type").GetString()!,
                    root.TryGetProperty("additional_data", out var data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("status", out var status) ? status.GetString() : null);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                return null;
            }
        }
    }
}

/// <summary>How far the snapshot of a signal is.</summary>
public enum SnapshotState
{
    /// <summary>Nothing was told of it: the signal has not reached the connector.</summary>
    Unseen,

    /// <summary>It is read.</summary>
    Running,

    /// <summary>All its rows are in the log.</summary>
    Completed,

    /// <summary>It was stopped or given up, or a table could not be read: some rows are missing.</summary>
    Failed,
}
