using System.Text;

namespace Streams.Core.Fencing;

/// <summary>
/// Where a cache key or tag lives in the fence: its Redis Cluster hash slot, the lane that owns the slot and the cell inside the slot's table.
/// A lane owns whole slots, so a fence cell belongs to exactly one lane.
/// </summary>
public readonly record struct CacheSlot
{
    /// <summary>Hash slots of Redis Cluster (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).</summary>
    public const int Count = 16384;

    /// <summary>Fence cells in one slot's table: 65,536 in all.</summary>
    public const int CellsPerSlot = 4;

    private CacheSlot(int number, int cell) => (Number, Cell) = (number, cell);

    /// <summary>0 … 16383.</summary>
    public int Number { get; }

    /// <summary>0 … <see cref="CellsPerSlot"/> − 1.</summary>
    public int Cell { get; }

    /// <summary>The lane (partition of the invalidation topic) that owns this slot.</summary>
    public int Lane(int laneCount) => Number % laneCount;

    /// <summary>Slot and cell of a key or tag, by the bytes of its UTF-8 text.</summary>
    public static CacheSlot Of(string keyOrTag) => Of(Encoding.UTF8.GetBytes(keyOrTag));

    /// <summary>Slot and cell of a key or tag.</summary>
    public static CacheSlot Of(ReadOnlySpan<byte> keyOrTag)
    {
        var crc = Crc16(HashedPart(keyOrTag));
        return new CacheSlot(crc % Count, (int)(Fnv1a(keyOrTag) % CellsPerSlot));
    }

    /// <summary>Redis hashes only what stands between the first <c>{</c> and the next <c>}</c>, if that is not empty.</summary>
    private static ReadOnlySpan<byte> HashedPart(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open < 0)
        {
            return key;
        }

        var length = key[(open + 1)..].IndexOf((byte)'}');
        return length > 0 ? key.Slice(open + 1, length) : key;
    }

    /// <summary>CRC16-CCITT (XMODEM), the one that Redis Cluster uses.</summary>
    private static int Crc16(ReadOnlySpan<byte> data)
    {
        var crc = 0;
        foreach (var value in data)
        {
            crc ^= value << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? ((crc << 1) ^ 0x1021) & 0xFFFF : (crc << 1) & 0xFFFF;
            }
        }

        return crc;
    }

    private static uint Fnv1a(ReadOnlySpan<byte> data)
    {
        var hash = 2166136261u;
        foreach (var value in data)
        {
            hash = (hash ^ value) * 16777619u;
        }

        return hash;
    }
}
