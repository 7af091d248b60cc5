using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using static Streams.FenceChecker.Tests.Rules.ProductTypes;

namespace Streams.FenceChecker.Tests.Rules;

/// <summary>
/// The seam between the models and the protocol: each member is one rule. The decisions here call the product's functions; a mutant overrides one
/// member and leaves the rest as they are.
/// </summary>
public partial class ProtocolRules
{
    private const byte None = Lane.LaneWorld.None;
    private static readonly DatabaseIdentity AnotherHistory = new(1, 2, 1);

    /// <summary>READ: what the reader may use of one reply; null = bypass. The reader has the durable record of the epoch that it finds.</summary>
    public virtual ReaderView? Read(SlotView slot, LaneView lane) =>
        ReadAll([lane], 0) is { } epoch ? new ReaderView(epoch, lane.Frontier) : null;

    /// <summary>READ of several lanes: the epoch that the reader may fill under; null = bypass.</summary>
    public virtual byte? ReadAll(ReadOnlySpan<LaneView> lanes, int keyLane)
    {
        var frontiers = new Frontier?[lanes.Length];
        for (var i = 0; i < frontiers.Length; i++)
        {
            frontiers[i] = FrontierOf(lanes[i]);
        }

        var epoch = lanes[keyLane].FrontierEpoch;
        return ReadDecision.Begin(frontiers, epoch) == ReadStart.Ready ? epoch : null;
    }

    /// <summary>HIT, tokens apart.</summary>
    public virtual bool MayHit(SlotView slot, ValueView value, ReadOnlySpan<TagView> tags) =>
        value.Epoch != 0 && HitDecision.Decide(value.Epoch, Cell(slot), true, TagStates(tags), true) == HitOutcome.Hit;

    /// <summary>FILL.</summary>
    public virtual bool MayFill(SlotView slot, ValueView value, FillRequest request, ReadOnlySpan<TagView> tags) =>
        FillDecision.RefuseBefore(ThisHistory, request.SameHistory ? ThisHistory : AnotherHistory, false) is null
        && FillDecision.Decide(request.Epoch, Offset(request.Stamp), Cell(slot), TagStates(tags), Value(value)) == FillOutcome.Accepted;

    /// <summary>The epoch that a fill puts into the header.</summary>
    public virtual byte EpochOfFill(byte slotEpoch, byte readerEpoch) => readerEpoch;

    /// <summary>APPLY: whether a batch from <paramref name="first"/> on may be applied; the slots are those that it touches.</summary>
    public virtual ApplyAdmission Admit(ReadOnlySpan<SlotView> slots, LaneView lane, byte epoch, byte first)
    {
        var cells = new FenceCell?[slots.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            cells[i] = Cell(slots[i]);
        }

        return ApplyDecision.Admit(epoch, Offset(first), Applied(lane), cells);
    }

    /// <summary>APPLY: the slot after one record.</summary>
    public virtual SlotView Raise(SlotView slot, LaneView lane, byte offset)
    {
        var raised = ApplyDecision.Raise(Cell(slot), Applied(lane)!.Value, Offset(offset));
        return new SlotView((byte)raised.Epoch, slot.Epoch == 0 ? (byte)(lane.Applied - 1) : slot.Floor, Byte(raised.Version!.Value));
    }

    /// <summary>APPLY: whether a value goes.</summary>
    public virtual bool Removes(SlotView slot, ValueView value, byte offset, byte transaction)
    {
        var stored = Value(value)!.Value;
        return !ApplyDecision.Keeps(stored, slot.Epoch, Offset(offset), XidOf(transaction, stored.Tokens!));
    }

    /// <summary>APPLY: the position after a batch.</summary>
    public virtual byte Advance(LaneView lane, byte next) => Byte(ApplyDecision.Advance(Applied(lane)!.Value, Offset(next), null).Next);

    /// <summary>POLL; a proven offset of 255 means that nothing is proven yet.</summary>
    public virtual PollAction Poll(LaneView lane, byte epoch, byte position, byte proven, byte durable, bool fenceLost) =>
        PollDecision.Decide(Stored(lane), epoch, Offset(position), proven == None ? Frontier.None : Offset(proven), durable, fenceLost).Action;

    /// <summary>A fence table that is gone alone, or was left behind by a re-floor that did not finish.</summary>
    public virtual SlotView RestoreFence(SlotView slot, LaneView lane, byte epoch)
    {
        var restored = ReFloorDecision.Restore(Cell(slot), Applied(lane), epoch);
        return restored is not { } cell || cell == Cell(slot) ? slot : new SlotView((byte)cell.Epoch, Byte(cell.Version!.Value), None);
    }

    /// <summary>Where a keeper starts.</summary>
    public virtual KeeperStart StartKeeper(LaneView lane) =>
        FrontierDecision.Start(FrontierOf(lane), Applied(lane)!.Value, lane.AppliedEpoch);

    /// <summary>KEEPER: how far the records are proven, given what a snapshot shows. A record of 255 has no transaction in this history.</summary>
    public virtual byte Prove(byte proven, ReadOnlySpan<byte> log, byte visible)
    {
        var snapshot = Snapshot(visible);
        var queue = new LaneRecord[log.Length - Math.Min(proven, log.Length)];
        for (var i = 0; i < queue.Length; i++)
        {
            var record = log[proven + i];
            queue[i] = new LaneRecord(Offset((byte)(proven + i + 1)), record == None ? null : XidOf(record, snapshot));
        }

        return Byte(FrontierDecision.Advance(Offset(proven), queue, Offset((byte)(log.Length + 1)), snapshot));
    }

    /// <summary>KEEPER: the lane after an attempt to publish.</summary>
    public virtual LaneView Publish(LaneView lane, byte epoch, byte proven) =>
        FrontierDecision.Publish(FrontierOf(lane), new Frontier(epoch, Offset(proven))) is { } stored ? With(lane, stored) : lane;

    /// <summary>BARRIER: whether all transactions below the new id are finished. The ids are given relative to it: 10 and up before, 20 it, 30 and up after.</summary>
    public virtual bool BarrierPassed(byte waiting, byte inFlight)
    {
        var xmin = (waiting & inFlight) != 0 ? 10UL : inFlight != 0 ? 30UL : 40UL;
        return FrontierDecision.BarrierPassed(20, new PgSnapshot(xmin, 40, []));
    }

    /// <summary>BARRIER: V after it, from the lane's end as read before.</summary>
    public virtual byte AfterBarrier(byte lastOffset) => Byte(FrontierDecision.AfterBarrier(Offset((byte)(lastOffset + 1))));

    /// <summary>HIT with a token: whether the value's header shows all that the token names.</summary>
    public virtual bool Covers(byte header, TokenView token) =>
        HitDecision.Decide(1, new FenceCell(1, -1), true, [], Token(token).IsContainedIn(ThisHistory, Snapshot(header))) == HitOutcome.Hit;

    /// <summary>A session adds its write to its token.</summary>
    public virtual TokenView AddToToken(TokenView token, byte transaction) => View(Token(token).Union(TokenOf(transaction)));

    /// <summary>What a session's token becomes when it sees a snapshot.</summary>
    public virtual TokenView Forget(TokenView token, byte visible) => View(Token(token).Forget(Snapshot(visible).Xmin));

    /// <summary>RE-FLOOR: the slot's table.</summary>
    public virtual SlotView ReFloorSlot(SlotView slot, byte epoch, byte position)
    {
        var moved = ReFloorDecision.Slot(Cell(slot), epoch, Offset(position));
        return moved == Cell(slot) ? slot : new SlotView((byte)moved.Epoch, Byte(moved.Version!.Value), None);
    }

    /// <summary>RE-FLOOR: the position.</summary>
    public virtual LaneView ReFloorPosition(LaneView lane, byte epoch, byte position)
    {
        var moved = ReFloorDecision.Applied(Applied(lane), epoch, Offset(position));
        return lane with { AppliedEpoch = (byte)moved.Epoch, Applied = Byte(moved.Next) };
    }

    /// <summary>RE-FLOOR: the frontier.</summary>
    public virtual LaneView ReFloorFrontier(LaneView lane, byte epoch) =>
        With(lane, ReFloorDecision.Published(FrontierOf(lane), epoch));
}
