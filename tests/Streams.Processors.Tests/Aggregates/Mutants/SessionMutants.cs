namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>Rules of sessions in stage 2.</summary>
internal static class SessionMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        Held("G1", "a slot waits for the statement of its group", "_waiting.Put(PartialKey.Of(group, raw), key, version, rest);", "Change(group, [key], _ => FamilyOf(key).Put(key, Versioned.Write(version, rest)));", "sessions of all rows"),
        Held("G2", "what is above the group's version goes on waiting", "_waiting.Clear(key, state.Version);", "_waiting.Clear(key, long.MaxValue);", "sessions") with { IsFilled = true },
        Held("G3", "of each slot the newest that is not above the group's version is taken", "_waiting.Keys(key, state.Version), waiting => MoveIn(waiting, _waiting.Newest(key, waiting, state.Version))", "_waiting.Keys(key, long.MaxValue), waiting => MoveIn(waiting, _waiting.Newest(key, waiting, long.MaxValue))", "sessions") with { IsFilled = true },
        new("G4", "a newer statement that waits does not take the place of an older one", "Sessions/Waiting.cs", "versions.Add(version);", "versions.Clear();\n        versions.Add(version);", "sessions") { IsFilled = true },
        Held("G5", "a group's statement counts only with the slots that it lists", "|| SlotList.Read(state.Cell, state.State).Any(one => !Has(PartialKey.Of(one.Slot, state.Raw), one.Version, state.Version)))", ")", "sessions"),
        Held("G6", "a group's statement that is older than what is held is refused", "state.Version <= VersionOf(state.Cell, state.Raw)\n            || ", "", "sessions of few rows"),
        Held("G7", "until the sweep it is remembered that a slot is empty", "if (Versioned.Read(bytes).Rest.IsEmpty && IsSwept(PartialKey.RawOf(key)))", "if (Versioned.Read(bytes).Rest.IsEmpty)", "sessions of few rows") with { IsFilled = true },
        Held("G8", "until the sweep older statements are taken, too", "else if (!IsSwept(raw) && !(", "else if (false && !(", "sessions with everything") with { IsFilled = true, Seeds = 700 },
        Held("G9", "after the sweep what comes at the group's version or below is no news", "else if (!IsSwept(raw) && !(", "else if (!(", "sessions of all rows"),
        Held("G10", "the first sweep empties the slots that were not stated", "\n            || (isFirst && cell.WindowStart is not null && (held.Version < sweep.Version || held.Rest.IsEmpty))", "", "sessions of all rows"),
        Held("G12", "a sweep forgets what waits and is older", "_waiting.Forget(sweep.Raw, sweep.Version);", "", "sessions of few rows") with { IsFilled = true },
        Held("G13", "a slot counts only with the buckets that it lists", "else if (partial is not null && !HasBuckets(state, partial))", "else if (false)", "sessions with everything"),
        Held("G14", "a slot without rows says of its buckets that they are empty", "EmptyBuckets(state, partial);", "", "sessions of all rows"),
        Held("G15", "the keys that a slot had before its change are looked at", "Tell();\n        all.ForEach(change);", "all.ForEach(change);", "sessions of all rows"),
        new("G16", "a change of a slot concerns its neighbours", "Sessions/SlotWalk.cs", "new[] { StartOf(slot - gap), StartOf(slot), StartOf(slot + gap) }", "new[] { StartOf(slot) }", "sessions of few rows"),
        Held("G17", "a group that is not held has the version of the sweep", "Versioned.Read(bytes).Version : _rawOf(raw).SweptAt;", "Versioned.Read(bytes).Version : 0;", "sessions of all rows"),
        new("G18", "a row counts as said only if it is the newest of its key", "Stage2Keys.cs", "Version == Highest && ", "", "sessions of all rows"),
        new("G19", "a row counts as said only if it says the same", "Stage2Keys.cs", "!Digest.IsEmpty && Digest.AsSpan().SequenceEqual(other.Digest.AsSpan())", "true", "sessions of all rows"),
        Second("G21", "the highest version of a key is remembered", "_plan.HasSessions && Published(cell) is { } held && held.Highest.IsAbove(row.Version) ? held.Highest : row.Version", "row.Version", "sessions of all rows"),
    ];

    private static Mutant Held(string name, string rule, string text, string replacement, string plan) => new(name, rule, "Sessions/HeldSessions.cs", text, replacement, plan);

    private static Mutant Second(string name, string rule, string text, string replacement, string plan) => new(name, rule, "Stage2.cs", text, replacement, plan);
}
