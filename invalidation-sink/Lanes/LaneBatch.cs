using System.Collections.Immutable;
using Streams.Cache.Protocol;

namespace Streams.InvalidationSink.Lanes;

/// <summary>Records of one lane, decoded, in offset order.</summary>
/// <param name="Invalidations">What is to be applied.</param>
/// <param name="Xids">What the keeper queues.</param>
/// <param name="Next">Position after the last record.</param>
/// <param name="LeaderEpoch">Leader epoch of the last record.</param>
public sealed record LaneBatch(ImmutableArray<Invalidation> Invalidations, ImmutableArray<LaneXid> Xids, long Next, int? LeaderEpoch);
