using System.Collections.Immutable;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.AnalyticsSink.Storing;

/// <summary>What of a batch of records has to be written.</summary>
public static class RowBatch
{
    /// <summary>The highest version of each key, in the order in which the keys came first.</summary>
    /// <param name="items">Rows, with what belongs to them.</param>
    /// <param name="rowOf">The row of an item.</param>
    public static List<T> Collapse<T>(IEnumerable<T> items, Func<T, AggregateRow> rowOf)
    {
        var newest = new Dictionary<RowKey, int>();
        var collapsed = new List<T>();
        foreach (var item in items)
        {
            var row = rowOf(item);
            var key = new RowKey(row.Groups, row.WindowStart);
            if (newest.TryAdd(key, collapsed.Count))
            {
                collapsed.Add(item);
            }
            else if (row.Version.IsAbove(rowOf(collapsed[newest[key]]).Version))
            {
                collapsed[newest[key]] = item;
            }
        }

        return collapsed;
    }

    private readonly struct RowKey(ImmutableArray<SqlValue> groups, long? windowStart) : IEquatable<RowKey>
    {
        private readonly ImmutableArray<SqlValue> _groups = groups;
        private readonly long? _windowStart = windowStart;

        public bool Equals(RowKey other) => _windowStart == other._windowStart && _groups.AsSpan().SequenceEqual(other._groups.AsSpan());

        public override bool Equals(object? obj) => obj is RowKey other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_windowStart);
            foreach (var group in _groups)
            {
                hash.Add(group);
            }

            return hash.ToHashCode();
        }
    }
}
