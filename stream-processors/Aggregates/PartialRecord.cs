using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>
/// What stage 1 says to stage 2: true statements about the fold of one raw partition up to a version, which anybody may repeat or delay.
/// <code>
/// byte     kind            1 state · 2 bucket · 3 sweep · 4 progress
/// varint   epoch           of the aggregate
/// varint   raw partition
/// varint   version         offset after the last record of the raw partition that is contained
/// …        by kind, below
/// </code>
/// </summary>
public abstract record PartialRecord(long Epoch, int Raw, long Version)
{
    private protected const byte StateKind = 1;
    private protected const byte BucketKind = 2;
    private protected const byte SweepKind = 3;
    private protected const byte ProgressKind = 4;

    /// <summary>Bytes of a record.</summary>
    public byte[] Write()
    {
        var writer = new ValueWriter();
        writer.Byte(Kind).Number(Epoch).Number(Raw).Number(Version);
        WriteRest(writer);
        return writer.ToArray();
    }

    /// <summary>From the bytes.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static PartialRecord Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        var (kind, epoch, raw, version) = (reader.Byte(), reader.Number(), (int)reader.Number(), reader.Number());
        return kind switch
        {
            StateKind => new CellState(epoch, raw, version, Cell.Of(reader.Bytes()), reader.Bytes().ToArray()),
            BucketKind => ReadBucket(epoch, raw, version, ref reader),
            SweepKind => new Sweep(epoch, raw, version, reader.Number(), reader.Number()),
            ProgressKind => ReadProgress(epoch, raw, version, ref reader),
            _ => throw new FormatException($"A partial of kind {kind}."),
        };
    }

    /// <summary>First byte.</summary>
    private protected abstract byte Kind { get; }

    /// <summary>What follows the header.</summary>
    private protected abstract void WriteRest(ValueWriter writer);

    private static BucketState ReadBucket(long epoch, int raw, long version, ref ValueReader reader)
    {
        var cell = Cell.Of(reader.Bytes());
        return new BucketState(epoch, raw, version, cell, reader.Byte(), reader.Byte(), reader.Rest.ToArray());
    }

    private static Progress ReadProgress(long epoch, int raw, long version, ref ValueReader reader) =>
        new(epoch, raw, version, reader.Byte() == 0 ? null : new SourceClock(reader.Number(), reader.Number()), reader.Number());
}

/// <summary>The raw partition's contribution to a cell; no bytes: none.</summary>
/// <param name="State">See <see cref="CellPartial"/>; empty: SQL has no row of this partition in the cell.</param>
public sealed record CellState(long Epoch, int Raw, long Version, Cell Cell, byte[] State) : PartialRecord(Epoch, Raw, Version)
{
    private protected override byte Kind => StateKind;

    private protected override void WriteRest(ValueWriter writer) => writer.Bytes(Cell.Bytes).Bytes(State);
}

/// <summary>The different values of a measure in a cell that hash to a bucket.</summary>
/// <param name="Values">Canonical bytes of the values, each with its length, in order.</param>
public sealed record BucketState(long Epoch, int Raw, long Version, Cell Cell, byte Measure, byte Bucket, byte[] Values) : PartialRecord(Epoch, Raw, Version)
{
    private protected override byte Kind => BucketKind;

    private protected override void WriteRest(ValueWriter writer) => writer.Bytes(Cell.Bytes).Byte(Measure).Byte(Bucket).Raw(Values);
}

/// <summary>Everything of the raw partition that was not stated at this version or above is empty.</summary>
/// <param name="Request">Highest request for a resync that this answers: everything was stated after it was made.</param>
/// <param name="StoreId">See <see cref="Progress"/>.</param>
public sealed record Sweep(long Epoch, int Raw, long Version, long Request, long StoreId) : PartialRecord(Epoch, Raw, Version)
{
    private protected override byte Kind => SweepKind;

    private protected override void WriteRest(ValueWriter writer) => writer.Number(Request).Number(StoreId);
}

/// <summary>
/// Everything up to this version has been stated. Who has seen a sweep of this store that counts has seen all of it; who has not may have begun to
/// read in between, and must not believe it.
/// </summary>
/// <param name="Clock">Moment of the source that is contained.</param>
/// <param name="StoreId">Store of stage 1 that says so; another one's statements may have been made before one began to read.</param>
public sealed record Progress(long Epoch, int Raw, long Version, SourceClock? Clock, long StoreId) : PartialRecord(Epoch, Raw, Version)
{
    private protected override byte Kind => ProgressKind;

    private protected override void WriteRest(ValueWriter writer)
    {
        if (Clock is { } clock)
        {
            writer.Byte(1).Number(clock.Lsn).Number(clock.Micros);
        }
        else
        {
            writer.Byte(0);
        }

        writer.Number(StoreId);
    }
}

/// <summary>A moment of the source: every commit up to it is contained.</summary>
/// <param name="Lsn">WAL position.</param>
/// <param name="Micros">Its clock, microseconds since 1970.</param>
public readonly record struct SourceClock(long Lsn, long Micros);
