using Microsoft.Extensions.Options;
using Streams.AnalyticsSink.Host.Http.Problems;

namespace Streams.AnalyticsSink.Host.Http;

/// <summary>Bounds what is served at the same time: beyond it a quick 503 instead of a queue that only grows.</summary>
internal sealed class RequestLimits(IOptions<AnalyticsSinkOptions> options)
{
    private readonly Gate _requests = new(options.Value.MaxRequests);
    private readonly Gate _streams = new(options.Value.MaxStreams);

    /// <summary>Enters as a request for rows; leave by disposing.</summary>
    public IDisposable Request() => _requests.Enter();

    /// <summary>Enters as a follower of changes; leave by disposing.</summary>
    public IDisposable Stream() => _streams.Enter();

    private sealed class Gate(int most) : IDisposable
    {
        private int _inside;

        public IDisposable Enter()
        {
            if (Interlocked.Increment(ref _inside) <= most)
            {
                return this;
            }

            Dispose();
            throw ReadErrors.Busy.With($"At most {most} at the same time.");
        }

        public void Dispose() => Interlocked.Decrement(ref _inside);
    }
}
