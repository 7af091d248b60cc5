using Streams.InvalidationSink.Measuring;

namespace Streams.InvalidationSink.Tests.Units;

public sealed class StalenessWindowTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Given_nothing_When_summarized_Then_zeros() => Assert.Equal(default, new StalenessWindow(_time).Summary());

    [Fact]
    public void Given_a_hundred_samples_When_summarized_Then_percentiles_by_nearest_rank()
    {
        var window = new StalenessWindow(_time);
        for (var i = 100; i > 0; i--)
        {
            window.Add(i / 1000.0);
        }

        Assert.Equal(new StalenessSummary(100, 0.050, 0.099, 0.100), window.Summary());
    }

    [Fact]
    public void Given_samples_older_than_a_minute_When_summarized_Then_they_do_not_count()
    {
        var window = new StalenessWindow(_time);
        window.Add(9);
        _time.Move(TimeSpan.FromSeconds(61));
        window.Add(1);

        Assert.Equal(new StalenessSummary(1, 1, 1, 1), window.Summary());
    }

    [Fact]
    public void Given_more_samples_than_it_keeps_When_summarized_Then_the_newest_count()
    {
        var window = new StalenessWindow(_time);
        window.Add(9);
        for (var i = 0; i < StalenessWindow.Capacity; i++)
        {
            window.Add(1);
        }

        Assert.Equal(new StalenessSummary(StalenessWindow.Capacity, 1, 1, 1), window.Summary());
    }
}
