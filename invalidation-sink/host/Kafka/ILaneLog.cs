using Confluent.Kafka;
using Streams.InvalidationSink.Supervision;

namespace Streams.InvalidationSink.Host.Kafka;

/// <summary>What one call of <see cref="ILaneLog.Read"/> gave.</summary>
/// <param name="Records">Records by lane, in offset order.</param>
/// <param name="Broken">Lanes that cannot be read from where they stand.</param>
internal sealed record LaneRead(IReadOnlyDictionary<int, List<ConsumeResult<byte[], byte[]>>> Records, IReadOnlyList<(int Lane, ReFloorReason Reason)> Broken);

/// <summary>The lanes of this instance. One thread at a time.</summary>
internal interface ILaneLog : IDisposable
{
    /// <summary>Lanes assigned now, each with the number of its assignment: another number means that it was away meanwhile.</summary>
    IReadOnlyDictionary<int, int> Assigned { get; }

    /// <summary>Whether the group has answered, be it with no lane.</summary>
    bool Joined { get; }

    /// <summary>Up to <paramref name="max"/> records, after at most <paramref name="wait"/> for the first; rebalances happen inside.</summary>
    LaneRead Read(TimeSpan wait, int max);

    /// <summary>Reads a lane from here on. False: the lane is no longer assigned.</summary>
    bool Position(int lane, long from, int? leaderEpoch);

    /// <summary>Fetches nothing until the next <see cref="Position"/> of the lane.</summary>
    void Pause(int lane);

    /// <summary>Everything below is done: shown as the group's offset.</summary>
    void Mark(int lane, long next);

    /// <summary>End of the lane as last seen by the client, or null.</summary>
    long? EndOf(int lane);
}
