namespace Streams.Cache.Protocol;

/// <summary>
/// The fence cell of a key or tag as its slot's table shows it. A nullable cell that is null means that the whole table is absent: refuse [M8].
/// </summary>
/// <param name="Epoch">S.E: epoch of the slot's table.</param>
/// <param name="Version">Highest offset applied to any target of the cell, or the table's floor; null if neither is there.</param>
public readonly record struct FenceCell(long Epoch, long? Version);

/// <summary>What the protocol needs of a stored value, seen from one lane. A value without our header is <see cref="Unknown"/>: older than everything.</summary>
/// <param name="Epoch">Epoch that it was filled under.</param>
/// <param name="Stamp">Frontier of the lane that its reader held, null if the value carries none for that lane.</param>
/// <param name="Tokens">Snapshot that it was read from: what it is known to contain.</param>
public readonly record struct StoredValue(long Epoch, long? Stamp, Streams.Core.Fencing.PgSnapshot? Tokens)
{
    /// <summary>A value that something else wrote under the key.</summary>
    public static StoredValue Unknown => new(0, null, null);

    /// <summary>Whether the value was read from before version <paramref name="offset"/> as far as its stamp tells.</summary>
    public bool IsBefore(long epoch, long offset) => Epoch != epoch || Stamp is not { } stamp || stamp < offset;
}

/// <summary>A tag of a value as a read or a fill sees it: the value's (or the reader's) stamp for the tag's lane, and the tag's fence.</summary>
public readonly record struct TagState(long? Stamp, FenceCell? Fence);
