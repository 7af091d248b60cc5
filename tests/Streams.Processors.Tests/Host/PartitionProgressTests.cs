using FsCheck;
using FsCheck.Fluent;
using Streams.Processors.Host;

namespace Streams.Processors.Tests.Host;

public sealed class PartitionProgressTests
{
    [Fact]
    public void Given_acknowledgements_out_of_order_When_it_is_asked_Then_only_what_is_whole_may_be_committed()
    {
        var progress = new PartitionProgress();
        var (first, second) = (progress.Begin(4), progress.Begin(9));
        second.Sealed();
        Assert.Null(progress.TakeCommittable());
        first.Sending();
        first.Sealed();
        Assert.Null(progress.TakeCommittable());
        first.Acknowledged();
        Assert.Equal(10, progress.TakeCommittable());
        Assert.Null(progress.TakeCommittable());
    }

    [Fact]
    public void No_offset_passes_an_open_record_Meets_Specification() => Prop.ForAll(ArbMap.Default.ArbFor<(bool Done, bool Ask)[]>(), steps =>
    {
        var progress = new PartitionProgress();
        var open = new List<long>();
        for (var i = 0; i < steps.Length; i++)
        {
            var record = progress.Begin(i);
            if (steps[i].Done)
            {
                record.Sealed();
            }
            else
            {
                open.Add(i);
            }

            if (steps[i].Ask && progress.TakeCommittable() is { } next && open.Count > 0 && next > open[0])
            {
                return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();
}
