using Microsoft.Extensions.Options;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Data;

/// <summary>
/// Stops waiting for the store a little after the deadline. A cancelled statement ends by itself when the server answers the cancellation; one
/// that hangs as a whole does not, and the driver then waits for it on a connection of its own. The client does not have to.
/// </summary>
internal sealed class Patience(IOptions<IngestApiOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);
    private readonly TimeSpan _deadline = options.Value.Deadline;

    /// <summary>The result of the work, or STR5142. The work is abandoned then: it must not touch the request any more.</summary>
    public async Task<T> BoundAsync<T>(Task<T> work)
    {
        try
        {
            return await work.WaitAsync(_deadline + Grace, clock);
        }
        catch (TimeoutException exception) when (!work.IsCompleted)
        {
            throw PostgresFaults.Unavailable(ApiErrors.Deadline, $"The deadline is {_deadline.TotalSeconds:0.#} s.", exception);
        }
    }
}
