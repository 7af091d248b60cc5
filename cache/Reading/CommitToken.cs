using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Streams.Core.Fencing;

namespace Streams.Cache.Reading;

/// <summary>
/// What a session wrote and must see again: header <c>Streams-Commit</c> of a write, <c>Streams-Min-Commit</c> of a read. It names the history and
/// the <em>set</em> of transaction ids, never only the highest: a lower one may commit later [M32]. Text form
/// <c>system/timeline/restart:floor:xid,xid</c>, where everything below the floor must be visible.
/// </summary>
public sealed class CommitToken : IEquatable<CommitToken>
{
    /// <summary>Most transaction ids in one token; a longer set gives way to its floor.</summary>
    public const int MaxXids = 64;

    private readonly ImmutableArray<ulong> _xids;

    private CommitToken(DatabaseIdentity identity, ulong floor, IEnumerable<ulong> xids)
    {
        Identity = identity;
        var kept = xids.Where(xid => xid >= floor).Distinct().Order().ToImmutableArray();
        // Asking for everything up to the highest asks for more than needed, never for less.
        (Floor, _xids) = kept.Length > MaxXids ? (kept[^1] + 1, []) : (floor, kept);
    }

    /// <summary>History of Postgres that the ids belong to: after a failover or a crash they say nothing.</summary>
    public DatabaseIdentity Identity { get; }

    /// <summary>Every transaction below must be visible. 0 = none.</summary>
    public ulong Floor { get; }

    /// <summary>Transactions that must be visible; ascending.</summary>
    public IReadOnlyList<ulong> Xids => _xids;

    /// <summary>The token of one committed transaction.</summary>
    /// <param name="identity">Read in that transaction.</param>
    /// <param name="xid"><c>pg_current_xact_id()</c>, taken inside it.</param>
    public static CommitToken Of(DatabaseIdentity identity, ulong xid) => new(identity, 0, [xid]);

    /// <summary>Parses the text form.</summary>
    /// <exception cref="FormatException">It is not a token.</exception>
    public static CommitToken Parse(string text) => TryParse(text) ?? throw new FormatException("Not a commit token.");

    /// <summary>Parses the text form; null if it is not one, or names more than <see cref="MaxXids"/> transactions.</summary>
    public static CommitToken? TryParse(string? text)
    {
        var parts = text is { Length: < 2048 } ? text.Split(':') : [];
        var identity = parts.Length == 3 ? parts[0].Split('/') : [];
        if (identity.Length != 3
            || !Number(identity[0], out long system) || !Number(identity[1], out int timeline) || !Number(identity[2], out long restart)
            || !Number(parts[1], out ulong floor))
        {
            return null;
        }

        var xids = new List<ulong>();
        foreach (var part in parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Number(part, out ulong xid) || xids.Count == MaxXids)
            {
                return null;
            }

            xids.Add(xid);
        }

        return new CommitToken(new DatabaseIdentity(system, timeline, restart), floor, xids);
    }

    /// <summary>Both sets. Of different histories the later argument stays: the other's ids mean nothing on the present primary.</summary>
    public CommitToken Union(CommitToken newer) => newer.Identity == Identity
        ? new CommitToken(Identity, Math.Max(Floor, newer.Floor), [.. _xids, .. newer._xids])
        : newer;

    /// <summary>Shortens the set after a snapshot with this xmin was seen: ids below it become the floor above the highest of them.</summary>
    public CommitToken Forget(ulong xmin)
    {
        var below = _xids.Where(xid => xid < xmin).ToArray();
        return below.Length == 0 ? this : new CommitToken(Identity, Math.Max(Floor, below[^1] + 1), _xids);
    }

    /// <summary>Whether a value read from this snapshot of this history contains everything that the token names.</summary>
    public bool IsContainedIn(DatabaseIdentity history, PgSnapshot snapshot) =>
        history == Identity && snapshot.Xmin >= Floor && _xids.All(snapshot.Sees);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Identity}:{Floor}:{string.Join(',', _xids)}");

    /// <inheritdoc/>
    public bool Equals(CommitToken? other) =>
        other is not null && other.Identity == Identity && other.Floor == Floor && other._xids.SequenceEqual(_xids);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CommitToken);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Identity, Floor, _xids.Length);

    private static bool Number<T>(string text, out T value)
        where T : IBinaryInteger<T> => T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value!);
}
