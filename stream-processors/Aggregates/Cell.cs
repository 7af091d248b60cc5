using System.Collections.Immutable;
using System.Numerics;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates;

/// <summary>A group in a window, as bytes: equal groups have equal bytes. The group comes first, with its length, then the window's start.</summary>
public readonly struct Cell : IEquatable<Cell>
{
    private readonly byte[] _bytes;
    // A cell is looked up several times for each row.
    private readonly int _hash;

    private Cell(byte[] bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        (_bytes, _hash) = (bytes, hash.ToHashCode());
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The bytes, not to be changed.</summary>
    public byte[] Array => _bytes;

    /// <summary>From the bytes.</summary>
    public static Cell Of(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    /// <summary>From a group's bytes and a window's start.</summary>
    public static Cell Of(ReadOnlySpan<byte> group, long? windowStart, ValueWriter scratch)
    {
        scratch.Clear().Bytes(group);
        return new Cell((windowStart is { } start ? scratch.Sorted(start) : scratch).ToArray());
    }

    /// <summary>Values of the group columns and the window's start.</summary>
    public (ImmutableArray<SqlValue> Groups, long? WindowStart) Read(AggregatePlan plan)
    {
        var reader = new ValueReader(_bytes);
        var group = new ValueReader(reader.Bytes());
        var values = ImmutableArray.CreateBuilder<SqlValue>(plan.Groups.Length);
        foreach (var column in plan.Groups)
        {
            // Keys have no zeros at the end; the column's scale brings them back.
            var value = group.Value();
            values.Add(value.Kind == SqlKind.Numeric ? SqlValue.Of(value.Numeric.AtLeast(column.Expression.Type.Scale ?? 0)) : value);
        }

        return (values.MoveToImmutable(), reader.AtEnd ? null : reader.Sorted());
    }

    /// <summary>Start of the window, without reading the groups.</summary>
    public long? WindowStart
    {
        get
        {
            var reader = new ValueReader(_bytes);
            reader.Bytes();
            return reader.AtEnd ? null : reader.Sorted();
        }
    }

    /// <summary>The group alone, without a window.</summary>
    public Cell Group
    {
        get
        {
            var reader = new ValueReader(_bytes);
            reader.Bytes();
            return new Cell(_bytes[..^reader.Rest.Length]);
        }
    }

    /// <summary>This group in the window that begins there.</summary>
    public Cell At(long windowStart) => new(new ValueWriter().Raw(Group.Bytes).Sorted(windowStart).ToArray());

    /// <summary>Partition of the partials and of the output: by the group alone, so that all windows of a group are together. FNV-1a, frozen.</summary>
    public int Partition(int count)
    {
        var reader = new ValueReader(_bytes);
        var hash = 2166136261u;
        foreach (var b in reader.Bytes())
        {
            hash = (hash ^ b) * 16777619;
        }

        // The low bits of FNV-1a of short inputs are poor.
        hash ^= BitOperations.RotateRight(hash, 15);
        return (int)(hash % (uint)count);
    }

    /// <inheritdoc/>
    public bool Equals(Cell other) => _hash == other._hash && Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Cell other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
