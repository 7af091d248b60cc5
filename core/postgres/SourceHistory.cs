using System.Globalization;

namespace Streams.Postgres;

/// <summary>
/// Which history the raw topics tell: a server, a timeline, and the initial snapshot that the connector began with. In another one rows may be gone
/// whose deletes nobody has seen: what was folded before says nothing any more.
/// </summary>
/// <param name="SystemId">Postgres' system identifier.</param>
/// <param name="Timeline">Timeline.</param>
/// <param name="Initial">Id of the notification with which the newest initial snapshot began; empty: none was seen yet.</param>
public sealed record SourceHistory(long SystemId, int Timeline, string Initial)
{
    /// <summary>From its text; null: none was noted.</summary>
    public static SourceHistory? Parse(string text)
    {
        var parts = text.Split('/', 3);
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var system)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var timeline)
            ? new SourceHistory(system, timeline, parts[2])
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SystemId}/{Timeline}/{Initial}");
}
