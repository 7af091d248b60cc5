using System.Globalization;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Core.Fencing;

namespace Streams.Cache.Tests.Store;

/// <summary>A slot's fence table as stored.</summary>
public sealed record Table(long? Epoch, long? Floor, long?[] Cells)
{
    public FenceCell? Cell(int cell) => Epoch is { } epoch ? new FenceCell(epoch, Cells[cell] ?? Floor) : null;

    public static Table At(long epoch, long floor) => new(epoch, floor, new long?[4]);
}

/// <summary>A small world of the fence, held in memory and written to and read from a real Redis: both sides of the differential test.</summary>
public sealed class ModelState
{
    public const int Lanes = 2;

    public static readonly string[] Keys = ["a", "b", "c:1", "c:2", "{a}x", "{a}y"];

    public static readonly string[] Tags = ["t:*", "u:*"];

    public Dictionary<int, AppliedPosition?> Applied { get; } = [];

    public Dictionary<int, Frontier?> Frontiers { get; } = [];

    public Dictionary<int, Table?> Tables { get; } = [];

    public Dictionary<string, byte[]?> Values { get; } = [];

    public static IEnumerable<int> Slots => Keys.Concat(Tags).Select(target => CacheSlot.Of(target).Number).Distinct();

    public static int LaneOf(string target) => CacheSlot.Of(target).Lane(Lanes);

    public FenceCell? Fence(string target) => Tables[CacheSlot.Of(target).Number]?.Cell(CacheSlot.Of(target).Cell);

    public StoredValue? Seen(string key, int lane) => Values[key] is not { } bytes ? null
        : ValueHeader.Read(bytes, out _) is { } header ? header.SeenFrom(lane) : StoredValue.Unknown;

    public static ModelState Random(Random random)
    {
        var state = new ModelState();
        foreach (var lane in Enumerable.Range(0, Lanes))
        {
            state.Applied[lane] = random.Next(8) == 0 ? null : new AppliedPosition(Epoch(random), random.Next(8), random.Next(2) == 0 ? null : random.Next(3));
            state.Frontiers[lane] = random.Next(6) == 0 ? null : new Frontier(Epoch(random), random.Next(4) == 0 ? Frontier.None : random.Next(-1, 8));
        }

        foreach (var slot in Slots)
        {
            state.Tables[slot] = random.Next(6) == 0 ? null : new Table(
                Epoch(random), Maybe(random, 8), [Maybe(random, 2), Maybe(random, 2), Maybe(random, 2), Maybe(random, 2)]);
        }

        foreach (var key in Keys)
        {
            state.Values[key] = random.Next(5) switch { 0 => null, 1 => Garbage(random), _ => Value(random) };
        }

        return state;
    }

    public static byte[] Value(Random random)
    {
        var xmin = (ulong)random.Next(1, 6);
        var running = Enumerable.Range((int)xmin, 4).Where(_ => random.Next(3) == 0).Select(xid => (ulong)xid).ToArray();
        var header = new ValueHeader(
            random.Next(4) != 0, Epoch(random), 1,
            [.. Enumerable.Range(0, Lanes).Where(_ => random.Next(4) != 0).Select(lane => new Stamp(lane, random.Next(-1, 8)))],
            new PgSnapshot(xmin, xmin + 4, [.. running]),
            [.. Tags.Where(_ => random.Next(2) == 0)]);
        return header.Write("payload"u8);
    }

    public async Task WriteAsync(IDatabase database)
    {
        foreach (var (lane, position) in Applied)
        {
            await HashAsync(database, CacheKeys.Applied(lane), ("e", position?.Epoch), ("a", position?.Next), ("le", position?.LeaderEpoch));
        }

        foreach (var (lane, frontier) in Frontiers)
        {
            await HashAsync(database, CacheKeys.Frontier(lane), ("e", frontier?.Epoch), ("v", frontier is { IsProven: true } proven ? proven.Offset : null));
        }

        foreach (var (slot, table) in Tables)
        {
            await HashAsync(database, CacheKeys.Fence(slot),
                ("e", table?.Epoch), ("l", table?.Floor), ("0", table?.Cells[0]), ("1", table?.Cells[1]), ("2", table?.Cells[2]), ("3", table?.Cells[3]));
        }

        foreach (var (key, value) in Values.Where(pair => pair.Value is not null))
        {
            await database.StringSetAsync(key, value);
        }
    }

    /// <summary>One line per piece of state, to compare two states by.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var (lane, p) in Applied)
        {
            yield return Line($"A{lane}", p?.Epoch, p?.Next, p?.LeaderEpoch);
        }

        foreach (var (lane, v) in Frontiers)
        {
            yield return Line($"V{lane}", v?.Epoch, v is { IsProven: true } proven ? proven.Offset : null);
        }

        foreach (var (slot, t) in Tables)
        {
            yield return Line($"F{slot}", [t?.Epoch, .. Enumerable.Range(0, 4).Select(cell => t?.Cell(cell)?.Version)]);
        }

        foreach (var (key, value) in Values)
        {
            yield return $"{key} {(value is null ? "-" : Convert.ToHexString(value))}";
        }
    }

    public static async Task<ModelState> ReadAsync(IDatabase database)
    {
        var state = new ModelState();
        foreach (var lane in Enumerable.Range(0, Lanes))
        {
            var a = await FieldsAsync(database, CacheKeys.Applied(lane), "e", "a", "le");
            state.Applied[lane] = a[0] is { } e && a[1] is { } next ? new AppliedPosition(e, next, (int?)a[2]) : null;
            var v = await FieldsAsync(database, CacheKeys.Frontier(lane), "e", "v");
            state.Frontiers[lane] = v[0] is { } epoch ? new Frontier(epoch, v[1] ?? Frontier.None) : null;
        }

        foreach (var slot in Slots)
        {
            var t = await FieldsAsync(database, CacheKeys.Fence(slot), "e", "l", "0", "1", "2", "3");
            state.Tables[slot] = t[0] is null ? null : new Table(t[0], t[1], t[2..]);
        }

        foreach (var key in Keys)
        {
            state.Values[key] = await database.StringGetAsync(key);
        }

        return state;
    }

    private static long Epoch(Random random) => random.Next(6) switch { 0 => 1, 1 => 3, _ => 2 };

    private static long? Maybe(Random random, int outOf) => random.Next(outOf) == 0 ? null : random.Next(-1, 8);

    /// <summary>Bytes that are not ours, among them damaged headers that begin like ours.</summary>
    private static byte[] Garbage(Random random)
    {
        var bytes = random.Next(2) == 0 ? Value(random) : new byte[random.Next(0, 60)];
        if (bytes.Length > 30)
        {
            return random.Next(2) == 0 ? bytes[..random.Next(22)] : [.. bytes.Take(1), 9, .. bytes.Skip(2)];
        }

        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task HashAsync(IDatabase database, string key, params (string Field, long? Value)[] fields)
    {
        foreach (var (field, value) in fields.Where(pair => pair.Value is not null))
        {
            await database.HashSetAsync(key, field, value!.Value);
        }
    }

    private static async Task<long?[]> FieldsAsync(IDatabase database, string key, params string[] fields) =>
        [.. (await database.HashGetAsync(key, [.. fields.Select(field => (RedisValue)field)])).Select(value => value.IsNull ? (long?)null : (long)value)];

    private static string Line(string name, params long?[] numbers) =>
        $"{name} {string.Join(' ', numbers.Select(number => number?.ToString(CultureInfo.InvariantCulture) ?? "-"))}";
}
