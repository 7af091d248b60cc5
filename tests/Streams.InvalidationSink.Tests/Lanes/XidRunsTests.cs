using FsCheck;
using FsCheck.Fluent;
using Streams.Cache.Protocol;
using Streams.Core.Fencing;
using Streams.InvalidationSink.Lanes;

namespace Streams.InvalidationSink.Tests.Lanes;

public sealed class XidRunsTests
{
    [Fact]
    public void Given_one_transaction_of_many_rows_When_queued_Then_it_is_one_run()
    {
        var queue = XidRuns.From(0).Append(Enumerable.Range(0, 1000).Select(offset => new LaneXid(offset, XidProof.Visible, 5)), 1000);

        Assert.Equal(new XidRun(0, XidProof.Visible, 5), Assert.Single(queue.Runs));
    }

    [Fact]
    public void Given_records_queued_before_When_read_again_Then_they_are_not_queued_twice()
    {
        var records = new[] { new LaneXid(3, XidProof.Visible, 5), new LaneXid(4, XidProof.Visible, 6) };
        var queue = XidRuns.From(3).Append(records, 5);

        Assert.Equal(queue.Runs.AsEnumerable(), queue.Append(records, 5).Runs);
    }

    [Fact]
    public void Given_more_transactions_than_the_limit_When_queued_Then_the_newest_wait_for_all_of_them()
    {
        var queue = XidRuns.From(0).Append(Enumerable.Range(0, XidRuns.Limit + 10).Select(i => new LaneXid(i, XidProof.Visible, (ulong)(100 + i))), XidRuns.Limit + 10);

        Assert.Equal(XidRuns.Limit, queue.Runs.Length);
        Assert.Equal(new XidRun(XidRuns.Limit - 1, XidProof.Finished, (ulong)(100 + XidRuns.Limit + 9)), queue.Runs[^1]);
    }

    [Fact]
    public void Given_an_id_above_a_new_one_When_resolved_Then_its_record_is_void()
    {
        var queue = XidRuns.From(0).Append([new LaneXid(0, XidProof.Visible, 900), new LaneXid(1, XidProof.Visible, 300)], 2);

        Assert.Equal(new XidRun(1, XidProof.Visible, 300), Assert.Single(queue.Resolve(500, 2).Runs));
        Assert.Equal(2, queue.Resolve(500, 0).Runs.Length);
    }

    [Fact]
    public void Given_a_void_id_that_is_given_out_again_When_resolved_Then_the_real_transaction_still_blocks()
    {
        var queue = XidRuns.From(0).Append([new LaneXid(0, XidProof.Visible, 900)], 1).Append([new LaneXid(1, XidProof.Visible, 900)], 2);

        Assert.Equal(new XidRun(1, XidProof.Visible, 900), Assert.Single(queue.Resolve(899, 1).Runs));
    }

    [Fact]
    public void Given_unknown_records_read_after_the_id_was_drawn_When_resolved_Then_they_stay_unknown()
    {
        var queue = XidRuns.From(0).Append([new LaneXid(0, XidProof.Unknown, 0)], 1).Append([new LaneXid(1, XidProof.Unknown, 0)], 2);

        Assert.Equal([new XidRun(0, XidProof.Finished, 500), new XidRun(1, XidProof.Unknown, 0)], queue.Resolve(500, 1).Runs.ToArray());
    }

    [Fact]
    public void The_frontier_over_the_queue_Meets_Specification()
    {
        var records = Gen.Choose(0, 8).ListOf(60).Select(xids => xids.Select((xid, offset) => (Offset: (long)offset, Xid: (ulong)(xid + 10))).ToList());
        var running = Gen.Choose(10, 18).ListOf(3);
        var cases = from record in records from xip in running from adopted in Gen.Choose(-1, 59) select (record, xip, adopted);
        Prop.ForAll(Arb.From(cases), test =>
        {
            var xip = test.xip.Select(xid => (ulong)xid).Distinct().Order().ToList();
            var snapshot = new PgSnapshot(xip[0], 19, [.. xip]);
            // A frontier adopted from another sink covers only records whose transactions are visible.
            var proven = test.record.TakeWhile(record => record.Offset <= test.adopted && snapshot.Sees(record.Xid)).Count() - 1L;
            var queue = XidRuns.From(0).Append(test.record.Select(record => new LaneXid(record.Offset, XidProof.Visible, record.Xid)), 60).Above(proven);

            var expected = test.record.TakeWhile(record => snapshot.Sees(record.Xid)).Count() - 1L;
            return FrontierDecision.Advance(proven, queue.Records(snapshot), queue.End, snapshot) == Math.Max(proven, expected);
        }).QuickCheckThrowOnFailure();
    }
}
