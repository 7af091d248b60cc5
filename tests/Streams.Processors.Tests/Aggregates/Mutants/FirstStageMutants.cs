namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>What stage 1 keeps and says.</summary>
internal static class FirstStageMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        First("S1", "what is dirty is in the batch of the fold", "_dirtyChanges.Put(cell.Array, []);", "", "sessions of few rows"),
        First(
            "S2", "rows are in the batch of the position",
            """
                    _rows.Into(_batch);
                    _cells.Into(_batch);
                    _dirtyChanges.Into(_batch);
                    _fill?.Into(_batch, _meta.Position);
                    _late.Into(_batch);
                    _meta.Into(_batch);
                    _store.Write(_batch);
                    _batch.Clear();
            """,
            """
                    _cells.Into(_batch);
                    _dirtyChanges.Into(_batch);
                    _fill?.Into(_batch, _meta.Position);
                    _late.Into(_batch);
                    _meta.Into(_batch);
                    _store.Write(_batch);
                    _batch.Clear();
                    _rows.Into(_batch);
            """,
            "sessions of all rows"),
        First("S3", "dirty goes only when the version is the acknowledged one", "if (_cells.VersionOf(cell) is { } now && now != version)", "if (false)", "windows"),
        First("S4", "the row before is taken out of its cells", "Move(old, -1);", "", "windows") with { IsFilled = true },
        First("S5", "a resync gives every cell the version of its moment", "_cells.Restamp(cell, _meta.Position);", "", "extremes") with { IsFilled = true },
        First("S6", "a resync states the buckets of its cells", "_cells.RestampBuckets(cell, _meta.Position);", "", "sessions of all rows"),
        First("S7", "a sweep waits for the walk of its resync", "is { IsWalked: true } resync", "is { } resync", "sums"),
        First("S8", "a request is answered from where the raw partition ended when it was noticed", " || _meta.Position < end", "", "sessions") with { Seeds = 320 },
        First("S9", "a progress waits for all that is dirty", "cells.Count == _dirty.Count && reportedTo", "reportedTo", "extremes") with { IsFilled = true },
        First("S10", "a group has the version of its slots", "_cells.Restamp(group, version);", "", "sessions of all rows") with { IsFilled = true },
        new("S11", "an emptied cell is said to be empty", "CellStore.cs", "yield return new CellState(epoch, raw, entry.Version, cell,", "if (entry.State.Rows > 0) yield return new CellState(epoch, raw, entry.Version, cell,", "sessions of few rows"),
        new("S12", "a bucket is dirty until its version is acknowledged", "CellStore.cs", " || new ValueReader(held).Number() == version", " || true", "sessions with everything"),
        new("S13", "a changed bucket is said", "CellStore.cs", "_dirtyBuckets.Put(bucket, []);", "", "sessions of all rows"),
        new("S14", "an emptied cell lists the buckets that it had", "CellStore.cs", "entry.State.Rows == 0 && !HasBuckets(cell) ? []", "entry.State.Rows == 0 ? []", "sessions of all rows"),
        new(
            "S15", "the group's statement comes when all its slots are said", "DirtyCells.cs",
            """
                            if (max-- <= 0)
                            {
                                yield break;
                            }

                            yield return slot;
            """,
            """
                            if (max-- <= 0)
                            {
                                max = 1;
                                break;
                            }

                            yield return slot;
            """,
            "sessions of all rows"),
        new(
            "S16", "buckets are said before their cell", "CellStore.cs",
            """
                    foreach (var (key, _) in store.Scan(StateFamily.DirtyBuckets, Prefix(cell)))
                    {
                        yield return Bucket(cell, key, epoch, raw);
                    }

                    yield return new CellState(epoch, raw, entry.Version, cell, entry.State.Rows == 0 && !HasBuckets(cell) ? [] : Partial(cell, entry.State).Write(plan));
            """,
            """
                    yield return new CellState(epoch, raw, entry.Version, cell, entry.State.Rows == 0 && !HasBuckets(cell) ? [] : Partial(cell, entry.State).Write(plan));
                    foreach (var (key, _) in store.Scan(StateFamily.DirtyBuckets, Prefix(cell)))
                    {
                        yield return Bucket(cell, key, epoch, raw);
                    }
            """,
            "sessions of all rows"),
        First(
            "L1", "a note of a late row is in the batch of the fold",
            """
                    _late.Into(_batch);
                    _meta.Into(_batch);
                    _store.Write(_batch);
                    _batch.Clear();
            """,
            """
                    _meta.Into(_batch);
                    _store.Write(_batch);
                    _batch.Clear();
                    _late.Into(_batch);
            """,
            "windows"),
        First("L2", "a progress waits for the reports below it", " && reportedTo == _meta.Position;", ";", "windows"),
        First("L3", "a sweep waits for the reports below it", " && resync.Position <= _reportedTo", "", "windows"),
        new("L4", "notes are there after a crash", "LateRows.cs", "plan.Window is null ? 0 : store.Scan(StateFamily.Late, []).Count()", "0", "sessions") { IsFilled = true },
        new("L5", "a row of a snapshot is never late", "LateRows.cs", " || change.IsSnapshot", "", "all"),
        new("L6", "a row is reported when it leaves a window, too", "LateRows.cs", "if (lateBy > 0)", "if (lateBy > 0 && sign > 0)", "all"),
    ];

    private static Mutant First(string name, string rule, string text, string replacement, string plan) => new(name, rule, "Stage1.cs", text, replacement, plan);
}
