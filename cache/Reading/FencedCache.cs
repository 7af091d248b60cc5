using System.Collections.Immutable;
using Npgsql;
using StackExchange.Redis;
using Streams.Cache.Layout;
using Streams.Cache.Protocol;
using Streams.Postgres;

namespace Streams.Cache.Reading;

/// <summary>
/// READ, HIT and FILL of the fence protocol (docs/design/0002-fence.md). Safe for use by many threads; one per process is enough.
/// <code>
/// READ (one script) ─ hit ──────────────────────────────► caller
///        │ no hit
///        ▼
/// one statement on the primary: data, snapshot, identity ─► FILL (one script, may refuse) ─► caller
/// </code>
/// A crash or a lost answer anywhere leaves at most a value that the fence would have accepted.
/// </summary>
public sealed class FencedCache : IFencedCache
{
    private readonly FencedValues _values;
    private readonly PrimaryReader _primary;
    private readonly EpochReader _epochs;
    private readonly Circuit _circuit;
    private readonly FencedCacheOptions _options;
    private readonly TimeProvider _time;

    /// <summary>A cache over one Redis and one primary.</summary>
    /// <param name="redis">Connection, opened by <see cref="Store.RedisConnection"/>.</param>
    /// <param name="source">Pool of connections to the primary; needs SELECT on <c>streams.epoch</c> and on what queries read.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    public FencedCache(IConnectionMultiplexer redis, NpgsqlDataSource source, FencedCacheOptions options, TimeProvider time)
    {
        (_values, _primary, _options, _time) = (new FencedValues(redis), new PrimaryReader(source), options, time);
        _epochs = new EpochReader(new Primary(source), time);
        _circuit = new Circuit(time, options.CircuitFailures, options.CircuitPause);
    }

    /// <inheritdoc/>
    public async Task<CachedRead> ReadAsync(CacheEntry entry, CacheQuery query, CommitToken? mustInclude, CancellationToken cancellationToken)
    {
        var look = await LookAsync(entry, cancellationToken);
        var (judged, hit) = Judge(look, mustInclude);
        if (hit is not null)
        {
            CacheMetrics.Read(CacheOutcome.Hit, "");
            return hit;
        }

        var mustBypass = look.Start != ReadStart.Ready || judged == HitOutcome.BeforeCommit;
        var outcome = mustBypass ? CacheOutcome.Bypass : CacheOutcome.Miss;
        var reason = look.Start != ReadStart.Ready ? look.Reason : Names.Of(judged);
        CacheMetrics.Read(outcome, reason);
        var row = await _primary.ReadAsync(query, cancellationToken);
        var (fill, timeToLive) = await FillAsync(look, entry, row, cancellationToken);
        return new CachedRead(Memory(row.Payload), outcome, timeToLive is not null, null, timeToLive, timeToLive is null ? $"{reason}, not stored: {fill}" : reason);
    }

    /// <inheritdoc/>
    public async Task<bool> RefreshAsync(CacheEntry entry, CacheQuery query, CancellationToken cancellationToken)
    {
        var look = await LookAsync(entry, cancellationToken);
        if (look.Start != ReadStart.Ready)
        {
            return false;
        }

        var row = await _primary.ReadAsync(query, cancellationToken);
        return (await FillAsync(look, entry, row, cancellationToken)).TimeToLive is not null;
    }

    /// <summary>READ. An epoch or lane count that this reader does not know yet is looked up, once.</summary>
    private async Task<Look> LookAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        var epoch = await _epochs.GetAsync(cancellationToken);
        var look = await LookAsync(entry, epoch, cancellationToken);
        if (look.Reply is not { } reply || (look.Start != ReadStart.UnknownEpoch && reply.Fence?.Epoch == epoch?.Number))
        {
            return look;
        }

        var seen = Math.Max(reply.Fence?.Epoch ?? 0, reply.Frontiers.Max(frontier => frontier?.Epoch ?? 0));
        var newer = await _epochs.RefreshAsync(seen, cancellationToken);
        return newer?.Number == epoch?.Number ? look : await LookAsync(entry, newer, cancellationToken);
    }

    private async Task<Look> LookAsync(CacheEntry entry, EpochRecord? epoch, CancellationToken cancellationToken)
    {
        if (epoch is null || epoch.LaneCount == 0)
        {
            return Look.Without("no-epoch");
        }

        var plan = ReadPlan.For(entry.Key, entry.Tags, epoch.LaneCount);
        var reply = await AskAsync(() => _values.ReadAsync(plan), cancellationToken);
        if (reply is null)
        {
            return Look.Without("redis-unavailable");
        }

        var start = ReadDecision.Begin(reply.Frontiers, epoch.Number);
        return new Look(start, Names.Of(start), epoch, plan, reply);
    }

    private (HitOutcome Outcome, CachedRead? Hit) Judge(Look look, CommitToken? mustInclude)
    {
        if (look is not { Reply: { Value: { } value } reply, Plan: { } plan, Epoch: { } epoch }
            || ValueHeader.Read(value, out var start) is not { } header)
        {
            return (HitOutcome.Absent, null);
        }

        var tags = plan.TagLanes.Select((lane, i) => new TagState(header.StampOf(lane), reply.TagFences[i])).ToList();
        var sameTags = header.Tags.Length == plan.Tags.Count && header.Tags.All(plan.Tags.Contains);
        var contains = mustInclude is null || mustInclude.IsContainedIn(epoch.Identity, header.Tokens);
        var outcome = HitDecision.Decide(header.Epoch, reply.Fence, sameTags, tags, contains);
        // The plan's lanes are those of the epoch record: a value of another epoch may have been stamped with other lanes.
        outcome = outcome == HitOutcome.Hit && header.Epoch != epoch.Number ? HitOutcome.OtherEpoch : outcome;
        return (outcome, outcome == HitOutcome.Hit ? Hit(header, value.AsMemory(start), reply.Remaining) : null);
    }

    private CachedRead Hit(ValueHeader header, ReadOnlyMemory<byte> payload, TimeSpan? remaining)
    {
        var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(header.FilledAtMs);
        return new CachedRead(
            header.Exists ? payload : (ReadOnlyMemory<byte>?)null, CacheOutcome.Hit, false, age > TimeSpan.Zero ? age : TimeSpan.Zero, remaining, "");
    }

    /// <summary>FILL. Gives the reason when it is not stored, the time to live when it is.</summary>
    private async Task<(string Reason, TimeSpan? TimeToLive)> FillAsync(Look look, CacheEntry entry, PrimaryRow row, CancellationToken cancellationToken)
    {
        var stored = await StoreAsync(look, entry, row, cancellationToken);
        CacheMetrics.Fill(stored.Reason);
        return stored;
    }

    private async Task<(string Reason, TimeSpan? TimeToLive)> StoreAsync(Look look, CacheEntry entry, PrimaryRow row, CancellationToken cancellationToken)
    {
        if (look is not { Start: ReadStart.Ready, Reply: { } reply, Plan: { } plan, Epoch: { } epoch })
        {
            return (look.Reason, null);
        }

        if (FillDecision.RefuseBefore(epoch.Identity, row.History.Identity, row.History.InsideWrite) is { } refused)
        {
            return (Names.Of(refused), null);
        }

        if (row.Payload?.Length > _options.MaxPayloadBytes)
        {
            return ("too-large", null);
        }

        var stamps = plan.Lanes.Select((lane, i) => new Stamp(lane, reply.Frontiers[i]!.Value.Offset)).ToImmutableArray();
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var header = new ValueHeader(row.Payload is not null, epoch.Number, now, stamps, row.History.Snapshot, entry.Tags);
        if (!header.Fits)
        {
            return ("too-many-tags", null);
        }

        var timeToLive = Jitter.Of(row.Payload is null ? Shorter(entry.TimeToLive, _options.AbsenceTimeToLive) : entry.TimeToLive, entry.Key, now);
        var outcome = await AskAsync(
            async () => (FillOutcome?)await _values.FillAsync(plan, epoch.Number, stamps, header.Write(row.Payload), timeToLive), cancellationToken);
        return outcome == FillOutcome.Accepted ? (Names.Of(FillOutcome.Accepted), timeToLive)
            : (outcome is { } other ? Names.Of(other) : "redis-unavailable", null);
    }

    /// <summary>Asks Redis within the time limit. Default of <typeparamref name="T"/>: it cannot be asked, and the caller goes on without it.</summary>
    private async Task<T?> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        if (!_circuit.Allows())
        {
            return default;
        }

        try
        {
            var answer = await ask().WaitAsync(_options.RedisTimeout, _time, cancellationToken);
            _circuit.Succeeded();
            return answer;
        }
        catch (Exception exception) when (Store.RedisFaults.IsFault(exception))
        {
            _circuit.Failed();
            CacheMetrics.Fault(Store.RedisFaults.Classify(exception).Error.Code);
            return default;
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // Without the cast a null array would become an empty memory, which is a row.
    private static ReadOnlyMemory<byte>? Memory(byte[]? payload) => payload is null ? (ReadOnlyMemory<byte>?)null : payload;

    /// <summary>What READ showed. Without <see cref="Reply"/> Redis could not be used.</summary>
    private sealed record Look(ReadStart Start, string Reason, EpochRecord? Epoch, ReadPlan? Plan, ReadReply? Reply)
    {
        public static Look Without(string reason) => new(ReadStart.NoFrontier, reason, null, null, null);
    }
}
