using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What stage 2 holds of what the raw partitions have said, and what it makes of it. Changes are on top of the store until they are written.</summary>
internal interface IHeld
{
    /// <summary>Takes a statement about a cell, a slot or a group.</summary>
    void Take(CellState state);

    /// <summary>Takes a statement about a bucket.</summary>
    void Take(BucketState bucket);

    /// <summary>Forgets what a sweep says is empty. Only when all changes are written.</summary>
    /// <param name="sweep">The sweep; its version is above that of the last one.</param>
    /// <param name="isFirst">It is the first one of its raw partition that this store has waited for.</param>
    void Sweep(Sweep sweep, bool isFirst);

    /// <summary>What all raw partitions together say of the row with this key; null: what is held is not of one moment.</summary>
    MergedCell? Of(Cell cell);

    /// <summary>Keys of the rows that there may be. Only when all changes are written.</summary>
    IEnumerable<Cell> Cells();

    /// <summary>A row's window is out of retain, and that was said.</summary>
    void Drop(Cell cell);

    /// <summary>Moves the changes into a batch.</summary>
    void Into(StateBatch batch);
}
