using Streams.Core.Aggregates;

namespace Streams.AnalyticsSink.Progress;

/// <summary>
/// Statements about one output partition in one epoch that wait until the table has what they speak of. Two are kept, the next and the newest:
/// a table that is hours behind needs no more memory than one that is up to date, and still moves on.
/// </summary>
public sealed class ProgressQueue
{
    private AggregateProgress? _next;
    private AggregateProgress? _newest;

    /// <summary>The newest statement that holds; null: none yet.</summary>
    public AggregateProgress? Reached { get; private set; }

    /// <summary>Takes a statement; they come in the order in which they were made.</summary>
    public void Add(AggregateProgress progress)
    {
        if (_next is null || progress.OutputOffset < _next.OutputOffset)
        {
            // Fewer records than before: the topic was made anew.
            (_next, _newest) = (progress, null);
        }
        else
        {
            _newest = progress;
        }
    }

    /// <summary>The table has every record below this offset.</summary>
    public void Advance(long offset)
    {
        while (_next is not null && _next.OutputOffset <= offset)
        {
            (Reached, _next, _newest) = (_next, _newest, null);
        }
    }
}
