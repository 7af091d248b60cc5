using System.Collections.Immutable;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>What stage 2 keeps in one key, written with every batch.</summary>
/// <param name="Position">Offset of the next record of the partials.</param>
/// <param name="OutputPosition">Offset of the next record of the output to read back.</param>
/// <param name="FinalUpTo">Windows whose end and grace lie before this moment of the source were declared final.</param>
/// <param name="Raw">By raw partition.</param>
public sealed record Stage2Meta(long Position, long OutputPosition, long FinalUpTo, ImmutableArray<RawState> Raw)
{
    private static readonly byte[] Key = "stage2"u8.ToArray();

    /// <summary>From a store; null: it is new.</summary>
    public static Stage2Meta? Read(IStateStore store)
    {
        if (store.Get(StateFamily.Meta, Key) is not { } bytes)
        {
            return null;
        }

        var reader = new ValueReader(bytes);
        var (position, output, final) = (reader.Number(), reader.Number(), reader.Number());
        var raw = ImmutableArray.CreateBuilder<RawState>();
        for (var left = reader.Number(); left > 0; left--)
        {
            var (at, wanted, swept, sweptAt) = (reader.Number(), reader.Number(), reader.Number(), reader.Number());
            var clock = reader.Byte() == 0 ? (SourceClock?)null : new SourceClock(reader.Number(), reader.Number());
            raw.Add(new RawState(at, wanted, swept, sweptAt, clock) { Stores = Stores(ref reader) });
        }

        return new Stage2Meta(position, output, final, raw.ToImmutable());
    }

    /// <summary>Into a batch.</summary>
    public void Into(StateBatch batch)
    {
        var writer = new ValueWriter();
        writer.Number(Position).Number(OutputPosition).Number(FinalUpTo).Number(Raw.Length);
        foreach (var raw in Raw)
        {
            writer.Number(raw.Position).Number(raw.Wanted).Number(raw.Swept).Number(raw.SweptAt).Byte((byte)(raw.Clock is null ? 0 : 1));
            if (raw.Clock is { } clock)
            {
                writer.Number(clock.Lsn).Number(clock.Micros);
            }

            writer.Number(raw.Stores.Length);
            foreach (var store in raw.Stores)
            {
                writer.Number(store);
            }
        }

        batch.Put(StateFamily.Meta, Key, writer.ToArray());
    }

    private static ImmutableArray<long> Stores(ref ValueReader reader)
    {
        var stores = ImmutableArray.CreateBuilder<long>();
        for (var left = reader.Number(); left > 0; left--)
        {
            stores.Add(reader.Number());
        }

        return stores.ToImmutable();
    }
}

/// <summary>What stage 2 knows of a raw partition.</summary>
/// <param name="Position">Every record below it has been stated to this partition of the partials.</param>
/// <param name="Wanted">Request whose sweep this store needs before it may say anything: it was made after the store began to read.</param>
/// <param name="Swept">Highest request that a sweep has answered; -1: none.</param>
/// <param name="SweptAt">Version of the sweep: what is not held at this version or above is empty at it.</param>
/// <param name="Clock">Moment of the source that is contained.</param>
public sealed record RawState(long Position, long Wanted, long Swept, long SweptAt, SourceClock? Clock)
{
    private const int StoresMax = 4;

    /// <summary>Stores of stage 1 of which a sweep was seen that counts: all that they have stated since was seen, too. The newest last.</summary>
    public ImmutableArray<long> Stores { get; init; } = [];

    /// <summary>With what a sweep or a progress of a store says, seen in full.</summary>
    public RawState Seen(long storeId, long position, SourceClock? clock) => this with
    {
        Position = Math.Max(Position, position),
        Clock = clock is { } moment && (Clock is not { } held || moment.Lsn > held.Lsn) ? clock : Clock,
        Stores = [.. Stores.Where(store => store != storeId).TakeLast(StoresMax - 1), storeId],
    };
}
