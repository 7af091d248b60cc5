namespace Streams.Processors.Aggregates.State;

/// <summary>A local ordered store of one task. Used by one thread at a time.</summary>
public interface IStateStore : IDisposable
{
    /// <summary>The value of a key, or null.</summary>
    byte[]? Get(StateFamily family, ReadOnlySpan<byte> key);

    /// <summary>Entries whose keys begin with a prefix, in the order of their bytes; what is written meanwhile may or may not be seen.</summary>
    IEnumerable<KeyValuePair<byte[], byte[]>> Scan(StateFamily family, byte[] prefix, bool descending = false);

    /// <summary>Entries from a key up to but not including another, in order.</summary>
    IEnumerable<KeyValuePair<byte[], byte[]>> Range(StateFamily family, byte[] from, byte[] until);

    /// <summary>Writes all of it or, after a crash, none.</summary>
    void Write(StateBatch batch);
}

/// <summary>Families of keys. Names are those of the column families on disk.</summary>
public enum StateFamily
{
    /// <summary>Position and the like: one key.</summary>
    Meta,

    /// <summary>Stage 1: primary key → version and the columns that the plan reads.</summary>
    Rows,

    /// <summary>
    /// Stage 1: cell → version and sums. Stage 2: cell and raw partition → version and what it contributes; of sessions the slots that have rows, and the
    /// group and raw partition → version.
    /// </summary>
    Partials,

    /// <summary>Stage 1: cells whose newest state is not acknowledged yet.</summary>
    Dirty,

    /// <summary>Stage 1: cell, measure, value, primary key: for min, max and top.</summary>
    Ordered,

    /// <summary>Stage 1: cell, measure, bucket, value → count. Stage 2: cell, measure, bucket, raw partition → version and values.</summary>
    Distinct,

    /// <summary>Stage 1: cell, measure, bucket → version.</summary>
    Buckets,

    /// <summary>Stage 1: buckets whose newest state is not acknowledged yet.</summary>
    DirtyBuckets,

    /// <summary>Window's end and cell: what becomes final, and what is dropped.</summary>
    Windows,

    /// <summary>Stage 1, while a snapshot fills it: primary key → nothing, of rows that the stream has deleted.</summary>
    Deleted,

    /// <summary>Stage 2: cell → version of the last record in the output topic.</summary>
    Published,

    /// <summary>Stage 1: raw offset, cell and direction of a late row whose report is not acknowledged yet.</summary>
    Late,

    /// <summary>Stage 2: of sessions, what was stated above the version of its group; its version ends the key.</summary>
    Waiting,
}

/// <summary>Changes that are written together.</summary>
public sealed class StateBatch
{
    private readonly List<StateChange> _changes = [];

    /// <summary>In order.</summary>
    public IReadOnlyList<StateChange> Changes => _changes;

    /// <summary>Sets a key.</summary>
    public void Put(StateFamily family, byte[] key, byte[] value) => _changes.Add(new StateChange(family, key, value));

    /// <summary>Removes a key.</summary>
    public void Delete(StateFamily family, byte[] key) => _changes.Add(new StateChange(family, key, null));

    /// <summary>Moves the changes to the end of another batch.</summary>
    public void MoveTo(StateBatch batch)
    {
        batch._changes.AddRange(_changes);
        Clear();
    }

    /// <summary>Begins anew.</summary>
    public void Clear() => _changes.Clear();
}

/// <summary>One change; a null value removes.</summary>
public readonly record struct StateChange(StateFamily Family, byte[] Key, byte[]? Value);
