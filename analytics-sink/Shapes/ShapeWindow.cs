namespace Streams.AnalyticsSink.Shapes;

/// <summary>Window of a published table.</summary>
/// <param name="Kind">tumbling, hopping or session.</param>
/// <param name="Size">Length; for sessions the gap.</param>
/// <param name="Advance">Time between the beginnings.</param>
/// <param name="On">Expression that gives the instant.</param>
/// <param name="Grace">How long after its end a window is expected to change.</param>
/// <param name="Retain">Windows that ended longer ago are dropped; null: never.</param>
public sealed record ShapeWindow(string Kind, TimeSpan Size, TimeSpan Advance, string On, TimeSpan Grace, TimeSpan? Retain)
{
    /// <summary>Whether its bounds are rows: both are inclusive then.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsSession => Kind == "session";
}
