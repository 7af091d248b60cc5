using System.Collections.Immutable;

namespace Streams.Processors.Aggregates;

/// <summary>
/// Tells an incremental snapshot that goes on from one that the connector has forgotten. Debezium may lose the state of a snapshot with a restart
/// (docs/design/0007, 8) and says nothing of it: whoever waited for its end would wait for ever. Time proves nothing, the order of the WAL does: a
/// snapshot that goes on has a mark in the WAL ahead of what was streamed, and tells of the next chunk before it streams what lies behind the mark.
/// </summary>
/// <remarks>
/// At the first position after its last news its mark may not be written yet: streaming that has come there has read the chunk, and so written the
/// mark. At a second one, taken after that, the mark lies below: streaming that has come there has handled it. Nothing told until then: there is no
/// snapshot.
/// </remarks>
public sealed class SnapshotWatch
{
    private (long Told, ImmutableArray<string> Awaited) _news = (0, []);
    private long? _position;
    private bool _isSecond;

    /// <summary>Whether nothing more will come, if nothing was told until <paramref name="confirmed"/>. Starts over with every news.</summary>
    /// <param name="told">How much was told of snapshots, read before this position was taken or later.</param>
    /// <param name="awaited">Signals whose end is awaited, committed before this position was taken or later.</param>
    /// <param name="lsn">Position of the WAL now.</param>
    /// <param name="confirmed">What the connector's slot has confirmed.</param>
    public bool IsGivenUp(long told, ImmutableArray<string> awaited, long lsn, long confirmed)
    {
        if (told != _news.Told || !awaited.SequenceEqual(_news.Awaited))
        {
            (_news, _position, _isSecond) = ((told, awaited), null, false);
        }
        else if (_position is null)
        {
            _position = lsn;
        }
        else if (confirmed >= _position)
        {
            if (_isSecond)
            {
                return true;
            }

            // The next look takes it: this one's position was read before what was confirmed.
            (_position, _isSecond) = (null, true);
        }

        return false;
    }
}
