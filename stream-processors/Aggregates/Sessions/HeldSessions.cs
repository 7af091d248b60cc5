using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>
/// What is held of sessions. A group's statement at a version says: all that changed in its slots up to then was stated before, in this log. So of
/// each raw partition a group is always held as of one moment, that of its last statement, and nothing need be listed or remembered below it:
/// <code>
/// slot, bucket ─► waiting ─► the group's statement at a version: the newest of each that is not above ─► held: slots with rows, the group's version
/// </code>
/// What comes at or below the version that is held is not news, and what is not held is empty at it. Only a store whose sweep has not come cannot
/// know that: it takes older statements too, and remembers what is empty.
/// </summary>
internal sealed class HeldSessions : IHeld
{
    private readonly AggregatePlan _slots;
    private readonly int _rawPartitions;
    private readonly long _gap;
    private readonly IStateStore _store;
    private readonly Func<int, RawState> _rawOf;
    private readonly Action<Cell> _changed;
    private readonly StateOverlay _partials;
    private readonly StateOverlay _buckets;
    private readonly Waiting _waiting;
    private readonly SessionMerge _merge;

    public HeldSessions(AggregatePlan plan, int rawPartitions, IStateStore store, Func<int, RawState> rawOf, Action<Cell> changed)
    {
        (_slots, _rawPartitions, _store, _rawOf, _changed, _gap) = (SlotPlan.Of(plan), rawPartitions, store, rawOf, changed, WindowMath.Micros(plan.Window!.Size));
        _partials = new StateOverlay(store, StateFamily.Partials);
        // Each may hold thousands of values.
        _buckets = new StateOverlay(store, StateFamily.Distinct, keptMax: 0);
        _waiting = new Waiting(store);
        _merge = new SessionMerge(plan, _slots, rawPartitions, _partials, _buckets);
    }

    public void Take(CellState state)
    {
        if (state.Cell.WindowStart is null)
        {
            TakeGroup(state);
            return;
        }

        var partial = state.State.Length == 0 ? null : CellPartial.Read(_slots, state.State);
        if (partial is { State.Rows: 0 })
        {
            // Those stated before this store began to read, no resync states again; and of others the broker may have refused that they are empty.
            EmptyBuckets(state, partial);
        }
        else if (partial is not null && !HasBuckets(state, partial))
        {
            return;
        }

        Take(PartialKey.Of(state.Cell, state.Raw), state.Version, HeldSlot.Write(partial, state.State));
    }

    public void Take(BucketState bucket) => Take(PartialKey.Of(bucket.Cell, bucket.Measure, bucket.Bucket, bucket.Raw), bucket.Version, bucket.Values);

    public void Sweep(Sweep sweep, bool isFirst)
    {
        var (groups, rest) = (new List<byte[]>(), new List<byte[]>());
        foreach (var family in new[] { StateFamily.Partials, StateFamily.Distinct })
        {
            foreach (var (key, value) in _store.Scan(family, []).Where(entry => PartialKey.RawOf(entry.Key) == sweep.Raw))
            {
                if (IsGone(key, value, sweep, isFirst))
                {
                    (PartialKey.CellOf(key).WindowStart is null ? groups : rest).Add(key);
                }
            }
        }

        foreach (var keys in rest.GroupBy(key => PartialKey.CellOf(key).Group))
        {
            Change(keys.Key, keys, key => FamilyOf(key).Delete(key));
        }

        groups.ForEach(_partials.Delete);
        _waiting.Forget(sweep.Raw, sweep.Version);
    }

    public MergedCell? Of(Cell cell)
    {
        var group = cell.Group;
        var versions = ImmutableArray.CreateBuilder<long>(_rawPartitions);
        for (var raw = 0; raw < _rawPartitions; raw++)
        {
            var key = PartialKey.Of(group, raw);
            if (_partials.Get(key) is null && _waiting.IsAny(key))
            {
                // Its first statement is on its way.
                return null;
            }

            versions.Add(VersionOf(group, raw));
        }

        return _merge.Of(cell, Walk(group)) with { Versions = versions.MoveToImmutable() };
    }

    public IEnumerable<Cell> Cells()
    {
        // In the order of the keys: group by group, slot by slot.
        var (group, walk, last) = (default(Cell), Walk(default), (long?)null);
        foreach (var slot in _store.Scan(StateFamily.Partials, []).Select(entry => PartialKey.CellOf(entry.Key)).Where(cell => cell.WindowStart is not null))
        {
            if (!slot.Group.Equals(group))
            {
                (group, walk, last) = (slot.Group, Walk(slot.Group), null);
            }

            if (walk.StartOf(slot.WindowStart!.Value) is { } start && start != last)
            {
                last = start;
                yield return group.At(start);
            }
        }
    }

    /// <summary>Nothing: a later row may join the session again, and then it counts as SQL would count it.</summary>
    public void Drop(Cell cell)
    {
    }

    public void Into(StateBatch batch)
    {
        _partials.Into(batch);
        _buckets.Into(batch);
        _waiting.Into(batch);
    }

    private void Take(byte[] key, long version, byte[] rest)
    {
        var raw = PartialKey.RawOf(key);
        var group = PartialKey.CellOf(key).Group;
        if (version > VersionOf(group, raw))
        {
            _waiting.Put(PartialKey.Of(group, raw), key, version, rest);
        }
        else if (!IsSwept(raw) && !(FamilyOf(key).Get(key) is { } held && Versioned.Read(held).Version >= version))
        {
            Change(group, [key], _ => FamilyOf(key).Put(key, Versioned.Write(version, rest)));
        }
    }

    private void TakeGroup(CellState state)
    {
        var key = PartialKey.Of(state.Cell, state.Raw);
        if (state.Version <= VersionOf(state.Cell, state.Raw)
            || SlotList.Read(state.Cell, state.State).Any(one => !Has(PartialKey.Of(one.Slot, state.Raw), one.Version, state.Version)))
        {
            // Old, or one with what is missing follows: its writer was refused, and says all of it again before it says that it goes on.
            return;
        }

        Change(state.Cell, _waiting.Keys(key, state.Version), waiting => MoveIn(waiting, _waiting.Newest(key, waiting, state.Version)));
        _waiting.Clear(key, state.Version);
        _partials.Put(key, Versioned.Write(state.Version, []));
    }

    private void MoveIn(byte[] key, byte[] bytes)
    {
        if (Versioned.Read(bytes).Rest.IsEmpty && IsSwept(PartialKey.RawOf(key)))
        {
            FamilyOf(key).Delete(key);
        }
        else
        {
            FamilyOf(key).Put(key, bytes);
        }
    }

    /// <summary>Whether a statement has arrived, or one between it and this moment that makes it needless.</summary>
    private bool Has(byte[] key, long version, long moment)
    {
        var raw = PartialKey.RawOf(key);
        var group = PartialKey.CellOf(key).Group;
        return _waiting.Has(PartialKey.Of(group, raw), key, version, moment)
            || (FamilyOf(key).Get(key) is { } held && Versioned.Read(held).Version >= version)
            || (IsSwept(raw) && version <= VersionOf(group, raw));
    }

    /// <summary>A slot without rows says of each bucket that it lists since when it is empty.</summary>
    private void EmptyBuckets(CellState state, CellPartial partial)
    {
        for (var i = 0; i < partial.Extras.Length; i++)
        {
            foreach (var bucket in partial.Extras[i].Buckets)
            {
                Take(PartialKey.Of(state.Cell, (byte)i, bucket.Bucket, state.Raw), bucket.Version, []);
            }
        }
    }

    private bool HasBuckets(CellState state, CellPartial partial)
    {
        for (var i = 0; i < partial.Extras.Length; i++)
        {
            if (partial.Extras[i].Buckets.Any(bucket => !Has(PartialKey.Of(state.Cell, (byte)i, bucket.Bucket, state.Raw), bucket.Version, state.Version)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// A group that was not stated at the sweep's version or above is empty. Of one that was all is known; but before the first sweep it may be of
    /// somebody ahead of the sweep's writer, and then the slots are known from the resync alone.
    /// </summary>
    private bool IsGone(byte[] key, byte[] value, Sweep sweep, bool isFirst)
    {
        var cell = PartialKey.CellOf(key);
        var held = Versioned.Read(value);
        return VersionOf(cell.Group, sweep.Raw) < sweep.Version
            || (isFirst && cell.WindowStart is not null && (held.Version < sweep.Version || held.Rest.IsEmpty));
    }

    /// <summary>Changes slots of a group, and tells the keys whose rows are others before and after.</summary>
    private void Change(Cell group, IEnumerable<byte[]> keys, Action<byte[]> change)
    {
        var all = keys.ToList();
        var slots = all.Select(key => PartialKey.CellOf(key).WindowStart!.Value).Distinct().ToList();
        Tell();
        all.ForEach(change);
        Tell();

        void Tell()
        {
            var walk = Walk(group);
            foreach (var start in slots.SelectMany(walk.StartsAround).Distinct())
            {
                _changed(group.At(start));
            }
        }
    }

    private SlotWalk Walk(Cell group) => new(_gap, slot => _merge.BoundsOf(group.At(slot)));

    /// <summary>Version of what is held of a group.</summary>
    private long VersionOf(Cell group, int raw) => _partials.Get(PartialKey.Of(group, raw)) is { } bytes ? Versioned.Read(bytes).Version : _rawOf(raw).SweptAt;

    private bool IsSwept(int raw) => _rawOf(raw).Swept >= _rawOf(raw).Wanted;

    private StateOverlay FamilyOf(byte[] key) => PartialKey.IsBucket(key) ? _buckets : _partials;
}
