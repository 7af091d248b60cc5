using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What stage 1 keeps in one key, written with every batch: the store's position is the authority, not the group's offset.</summary>
/// <param name="Position">Offset of the next record of the raw partition.</param>
/// <param name="High">Highest row version that the partition has shown.</param>
/// <param name="Served">Highest request for a resync that was answered.</param>
/// <param name="Clock">Highest moment of the source that is contained.</param>
/// <param name="StoreId">Tells this store's progress from that of another store of the same partition.</param>
/// <param name="Progressed">Position of the last progress that every partition of the partials has acknowledged.</param>
public sealed record Stage1Meta(long Position, RowVersion High, long Served, SourceClock? Clock, long StoreId, long Progressed)
{
    private static readonly byte[] Key = "stage1"u8.ToArray();

    /// <summary>From a store; null: it is new.</summary>
    public static Stage1Meta? Read(IStateStore store)
    {
        if (store.Get(StateFamily.Meta, Key) is not { } bytes)
        {
            return null;
        }

        var reader = new ValueReader(bytes);
        var position = reader.Number();
        var high = RowVersion.Read(ref reader);
        var (served, id, progressed) = (reader.Number(), reader.Number(), reader.Number());
        return new Stage1Meta(position, high, served, reader.Byte() == 0 ? null : new SourceClock(reader.Number(), reader.Number()), id, progressed);
    }

    /// <summary>Into a batch.</summary>
    public void Into(StateBatch batch)
    {
        var writer = new ValueWriter();
        writer.Number(Position);
        High.Write(writer);
        writer.Number(Served).Number(StoreId).Number(Progressed).Byte((byte)(Clock is null ? 0 : 1));
        if (Clock is { } clock)
        {
            writer.Number(clock.Lsn).Number(clock.Micros);
        }

        batch.Put(StateFamily.Meta, Key, writer.ToArray());
    }
}
