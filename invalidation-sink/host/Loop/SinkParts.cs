using Microsoft.Extensions.Logging;
using Streams.Cache.Protocol;
using Streams.InvalidationSink.Host.Background;
using Streams.InvalidationSink.Host.Kafka;
using Streams.InvalidationSink.Host.Observing;
using Streams.InvalidationSink.Host.Options;
using Streams.InvalidationSink.Host.Records;
using Streams.Postgres;

namespace Streams.InvalidationSink.Host.Loop;

/// <summary>What the loop works with.</summary>
internal sealed record SinkParts(
    ILaneLog Log,
    ILaneTopic Topic,
    ILaneScout Scout,
    IPrimary Primary,
    Func<int, IFenceStore> Stores,
    ReFloorRun ReFloor,
    BarrierRun Barrier,
    LaneApplier Applier,
    CurrentFence Fence,
    Reaper Reaper,
    TagRedelivery Redelivery,
    Refresher Refresher,
    Auditor Auditor);

/// <summary>What the loop tells the outside.</summary>
internal sealed record SinkObservers(SinkMetrics Metrics, SinkStatus Status, Outages Outages, ILogger Logger);
