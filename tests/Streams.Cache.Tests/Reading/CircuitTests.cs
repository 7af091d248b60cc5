using Streams.Cache.Reading;
using Xunit;

namespace Streams.Cache.Tests.Reading;

public sealed class CircuitTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void Given_failures_in_a_row_When_the_limit_is_reached_Then_one_caller_per_pause_may_try()
    {
        var circuit = new Circuit(_clock, 2, TimeSpan.FromSeconds(1));
        circuit.Failed();
        Assert.True(circuit.Allows());
        circuit.Failed();
        Assert.False(circuit.Allows());
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.True(circuit.Allows());
        Assert.False(circuit.Allows());
        circuit.Succeeded();
        Assert.True(circuit.Allows());
    }

    [Fact]
    public void Given_a_success_between_failures_When_asked_Then_it_stays_closed()
    {
        var circuit = new Circuit(_clock, 2, TimeSpan.FromSeconds(1));
        circuit.Failed();
        circuit.Succeeded();
        circuit.Failed();
        Assert.True(circuit.Allows());
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
