using System.Globalization;
using Streams.Cache.Protocol;
using Streams.Cache.Reading;
using Streams.Core.Fencing;

namespace Streams.FenceChecker.Tests.Rules;

/// <summary>
/// Between the bytes of the models and the product's types. A model counts offsets from 1, so that 0 is the position before the first record:
/// product offset = model offset − 1. Transaction t has the id <see cref="FirstXid"/> + t.
/// </summary>
internal static class ProductTypes
{
    private const byte None = Lane.LaneWorld.None;

    /// <summary>Id of transaction 0.</summary>
    public const uint FirstXid = 10;

    /// <summary>The history that the models' transactions belong to.</summary>
    public static readonly DatabaseIdentity ThisHistory = new(1, 1, 1);

    private static readonly CommitToken?[] Tokens = new CommitToken?[32];

    private static readonly PgSnapshot[] Snapshots = [.. Enumerable.Range(0, 8).Select(visible => SnapshotWith((byte)visible))];

    /// <summary>A snapshot that shows exactly these transactions of three.</summary>
    public static PgSnapshot Snapshot(byte visible) => Snapshots[visible & 7];

    /// <summary>Widens as the sink does: a change event carries only 32 bits.</summary>
    public static ulong XidOf(byte transaction, PgSnapshot snapshot) => PgSnapshot.Widen(FirstXid + transaction, snapshot.Xmax);

    /// <summary>The token of one write.</summary>
    public static CommitToken TokenOf(byte transaction) => CommitToken.Of(ThisHistory, FirstXid + transaction);

    /// <summary>The token that a session holds.</summary>
    public static CommitToken Token(TokenView token) => Tokens[(token.Floor * 8) + token.Named] ??= Build(token);

    /// <summary>A token as the models keep it.</summary>
    public static TokenView View(CommitToken token)
    {
        var named = token.Xids.Aggregate(0, (set, xid) => set | 1 << (int)(xid - FirstXid));
        return new TokenView((byte)(token.Floor == 0 ? 0 : token.Floor - FirstXid), (byte)named);
    }

    /// <summary>A model's offset as the product counts.</summary>
    public static long Offset(byte offset) => offset - 1L;

    /// <summary>A product's offset as the models count.</summary>
    public static byte Byte(long offset) => checked((byte)(offset + 1));

    /// <summary>The cell that the slot's table shows: itself, or the floor.</summary>
    public static FenceCell? Cell(SlotView slot) =>
        slot.Epoch == 0 ? null : new FenceCell(slot.Epoch, Offset(slot.Cell == None ? slot.Floor : slot.Cell));

    /// <summary>The position, or null.</summary>
    public static AppliedPosition? Applied(LaneView lane) =>
        lane.AppliedEpoch == 0 ? null : new AppliedPosition(lane.AppliedEpoch, Offset(lane.Applied), null);

    /// <summary>The frontier, or null.</summary>
    public static Frontier? FrontierOf(LaneView lane) =>
        lane.FrontierEpoch == 0 ? null : new Frontier(lane.FrontierEpoch, lane.Frontier == None ? Frontier.None : Offset(lane.Frontier));

    /// <summary>Both.</summary>
    public static LaneState Stored(LaneView lane) => new(0, FrontierOf(lane), Applied(lane));

    /// <summary>The value, or null.</summary>
    public static StoredValue? Value(ValueView value) =>
        value.Epoch == 0 ? null : new StoredValue(value.Epoch, Offset(value.Stamp), Snapshot(value.Holds));

    /// <summary>Tags with their fences.</summary>
    public static TagState[] TagStates(ReadOnlySpan<TagView> tags)
    {
        if (tags.IsEmpty)
        {
            return [];
        }

        var states = new TagState[tags.Length];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = new TagState(Offset(tags[i].Stamp), Cell(tags[i].Fence));
        }

        return states;
    }

    /// <summary>With a frontier replaced.</summary>
    public static LaneView With(LaneView lane, Frontier frontier) =>
        lane with { FrontierEpoch = (byte)frontier.Epoch, Frontier = frontier.IsProven ? Byte(frontier.Offset) : None };

    private static CommitToken Build(TokenView token)
    {
        var floor = token.Floor == 0 ? 0 : FirstXid + token.Floor;
        var named = Enumerable.Range(0, 3).Where(t => (token.Named >> t & 1) == 1).Select(t => FirstXid + t);
        return CommitToken.Parse(string.Create(CultureInfo.InvariantCulture, $"{ThisHistory}:{floor}:{string.Join(',', named)}"));
    }

    private static PgSnapshot SnapshotWith(byte visible)
    {
        var seen = Enumerable.Range(0, 3).Where(t => (visible >> t & 1) == 1).Select(t => (ulong)(FirstXid + t)).ToHashSet();
        var xmin = Enumerable.Range(0, 4).Select(t => (ulong)(FirstXid + t)).First(xid => !seen.Contains(xid));
        var xmax = seen.Count == 0 ? xmin : Math.Max(xmin, seen.Max() + 1);
        var running = Enumerable.Range(0, 3).Select(t => (ulong)(FirstXid + t)).Where(xid => xid >= xmin && xid < xmax && !seen.Contains(xid));
        return new PgSnapshot(xmin, xmax, [.. running]);
    }
}
