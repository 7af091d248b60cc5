using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>All that one raw partition says of a cell: sums, and by measure the extremes or the versions of its buckets.</summary>
/// <param name="State">Rows, counts, sums.</param>
/// <param name="Extras">By measure.</param>
public sealed record CellPartial(PartialState State, ImmutableArray<MeasureExtra> Extras)
{
    /// <summary>Bytes; equal partials give equal bytes.</summary>
    public byte[] Write(AggregatePlan plan)
    {
        var writer = new ValueWriter();
        State.Write(writer);
        for (var i = 0; i < plan.Measures.Length; i++)
        {
            Extras[i].Write(plan.Measures[i].Kind, writer);
        }

        return writer.ToArray();
    }

    /// <summary>From the bytes.</summary>
    public static CellPartial Read(AggregatePlan plan, ReadOnlySpan<byte> bytes)
    {
        var reader = new ValueReader(bytes);
        var state = PartialState.Read(plan, ref reader);
        var extras = ImmutableArray.CreateBuilder<MeasureExtra>(plan.Measures.Length);
        foreach (var measure in plan.Measures)
        {
            extras.Add(MeasureExtra.Read(measure.Kind, ref reader));
        }

        return new CellPartial(state, extras.MoveToImmutable());
    }
}

/// <summary>What a measure needs beside counts and sums.</summary>
/// <param name="Best">min, max: one entry without key; top: the best ones.</param>
/// <param name="Buckets">count distinct: the version of every bucket.</param>
public readonly record struct MeasureExtra(ImmutableArray<TopEntry> Best, ImmutableArray<BucketVersion> Buckets)
{
    /// <summary>Nothing.</summary>
    public static MeasureExtra None { get; } = new([], []);

    internal void Write(MeasureKind kind, ValueWriter writer)
    {
        switch (kind)
        {
            case MeasureKind.Minimum or MeasureKind.Maximum or MeasureKind.Top:
                writer.Number(Best.Length);
                foreach (var entry in Best)
                {
                    writer.Value(entry.Value).Value(SqlValue.Of(entry.Key));
                }

                break;
            case MeasureKind.CountDistinct:
                writer.Number(Buckets.Length);
                foreach (var bucket in Buckets)
                {
                    writer.Byte(bucket.Bucket).Number(bucket.Version);
                }

                break;
        }
    }

    internal static MeasureExtra Read(MeasureKind kind, ref ValueReader reader)
    {
        switch (kind)
        {
            case MeasureKind.Minimum or MeasureKind.Maximum or MeasureKind.Top:
                var best = ImmutableArray.CreateBuilder<TopEntry>();
                for (var left = reader.Number(); left > 0; left--)
                {
                    var value = reader.Value();
                    best.Add(new TopEntry(value, reader.Value().Text));
                }

                return None with { Best = best.ToImmutable() };
            case MeasureKind.CountDistinct:
                var buckets = ImmutableArray.CreateBuilder<BucketVersion>();
                for (var left = reader.Number(); left > 0; left--)
                {
                    var bucket = reader.Byte();
                    buckets.Add(new BucketVersion(bucket, reader.Number()));
                }

                return None with { Buckets = buckets.ToImmutable() };
            default:
                return None;
        }
    }
}

/// <summary>A bucket and its last change.</summary>
public readonly record struct BucketVersion(byte Bucket, long Version);
