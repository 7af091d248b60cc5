using System.Collections.Immutable;
using Npgsql;
using Streams.Cache.Protocol;
using Streams.Cache.Reading;
using Streams.Cache.Store;
using Streams.Core.Fencing;
using Streams.Postgres;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>
/// The sink's part of the protocol, driven by hand on real servers: lanes are lists in memory, and each step (emit, apply, prove, re-floor)
/// happens when the test says so. Decisions are the product's.
/// </summary>
public sealed class FenceWorld(CacheRedis redis, NpgsqlDataSource source) : IAsyncDisposable
{
    public const int Lanes = 3;
    private const string Topic = "topic-1/3";
    private readonly List<(string Target, bool IsTag, ulong Xid)>[] _log = [.. Enumerable.Range(0, Lanes).Select(_ => new List<(string, bool, ulong)>())];
    private readonly long[] _next = new long[Lanes];
    private readonly long[] _proven = new long[Lanes];

    public NpgsqlDataSource Source => source;

    public CacheRedis Redis => redis;

    public RedisFenceStore Store { get; } = new(redis.Redis, Lanes);

    public Primary Primary { get; } = new(source);

    public IFencedCache Cache { get; } = NewCache(redis, source);

    public EpochRecord Epoch { get; private set; } = null!;

    public static FencedCache NewCache(CacheRedis redis, NpgsqlDataSource source) =>
        new(redis.Redis, source, new FencedCacheOptions { RedisTimeout = TimeSpan.FromSeconds(2) }, TimeProvider.System);

    public static async Task<FenceWorld> StartAsync(CacheRedis redis, CachePostgres postgres)
    {
        await redis.EmptyAsync();
        var world = new FenceWorld(redis, await postgres.MigratedDatabaseAsync());
        await world.ReFloorAsync();
        return world;
    }

    public static CacheEntry Product(long id) => new($"product:{id}", ["product:*"], TimeSpan.FromMinutes(5));

    public static CacheEntry List(long category) =>
        new($"products:category:{category}:all", [$"products:category:{category}:*", "products:category:*:*"], TimeSpan.FromMinutes(5));

    public static CacheQuery ById(long id) => new("SELECT name FROM product WHERE id = @id", [("id", id)]);

    public static CacheQuery ByCategory(long category) => new(
        "SELECT jsonb_agg(name ORDER BY id)::text FROM product WHERE category_id = @category;", [("category", category)]);

    /// <summary>RE-FLOOR with A′ at the lanes' ends, then the barrier.</summary>
    public async Task ReFloorAsync()
    {
        await BeginEpochAsync();
        var newXid = await Primary.NewXidAsync(default);
        await Wait.UntilAsync(async () => FrontierDecision.BarrierPassed(newXid, (await Primary.LookAsync(default)).Snapshot), "barrier");
        for (var lane = 0; lane < Lanes; lane++)
        {
            _proven[lane] = FrontierDecision.AfterBarrier(_log[lane].Count);
            await Store.PublishFrontierAsync(lane, new Frontier(Epoch.Number, _proven[lane]), default);
        }
    }

    /// <summary>RE-FLOOR up to before its barrier.</summary>
    public async Task BeginEpochAsync()
    {
        var stored = await Primary.ReadEpochAsync(default);
        Epoch = (await Primary.AdvanceEpochAsync(stored?.Number, await Store.HighestEpochAsync(default), Topic, default))!;
        for (var lane = 0; lane < Lanes; lane++)
        {
            _next[lane] = _log[lane].Count;
            _proven[lane] = Frontier.None;
        }

        await Store.ReFloorAsync(Epoch.Number, _next, default);
    }

    /// <summary>Commits a statement and gives its xid; what a change stream would see, but nothing is emitted yet.</summary>
    public async Task<ulong> CommitAsync(string sql)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(sql);
        var xid = ulong.Parse(await connection.ScalarAsync<string>("SELECT pg_current_xact_id()::text"));
        await transaction.CommitAsync();
        return xid;
    }

    /// <summary>Appends invalidations to their lanes; names that end in <c>*</c> are tags.</summary>
    public void Emit(ulong xid, params string[] targets)
    {
        foreach (var target in targets)
        {
            _log[CacheSlot.Of(target).Lane(Lanes)].Add((target, target.EndsWith('*'), xid));
        }
    }

    /// <summary>Applies everything emitted; follows rewinds, gives every other refusal to the caller.</summary>
    public async Task<ApplyResult> ApplyAsync()
    {
        ApplyResult last = new ApplyResult.Applied([]);
        for (var lane = 0; lane < Lanes; lane++)
        {
            while (_next[lane] < _log[lane].Count)
            {
                last = await ApplyAsync(lane);
                if (last is ApplyResult.Rewind rewind)
                {
                    _next[lane] = rewind.Next;
                }
                else if (last is not ApplyResult.Applied)
                {
                    return last;
                }
            }
        }

        return last;
    }

    /// <summary>KEEPER: one look at the primary for all lanes, then publish. False: the look was at another history.</summary>
    public async Task<bool> ProveAsync()
    {
        var view = await Primary.LookAsync(default);
        if (!FrontierDecision.Proves(Epoch.Identity, view.Identity))
        {
            return false;
        }

        for (var lane = 0; lane < Lanes; lane++)
        {
            var queue = _log[lane].Select((record, offset) => new LaneRecord(offset, record.Xid));
            _proven[lane] = FrontierDecision.Advance(_proven[lane], queue, _log[lane].Count, view.Snapshot);
            await Store.PublishFrontierAsync(lane, new Frontier(Epoch.Number, _proven[lane]), default);
        }

        return true;
    }

    /// <summary>POLL of every lane.</summary>
    public async Task<ImmutableArray<PollStep>> PollAsync()
    {
        var durable = (await Primary.ReadEpochAsync(default))!.Number;
        var states = await Store.PollAsync([.. Enumerable.Range(0, Lanes)], default);
        var lost = await Store.AuditFencesAsync(0, CacheSlot.Count, Epoch.Number, default);
        return [.. states.Select(state => PollDecision.Decide(
            state, Epoch.Number, _next[state.Lane], _proven[state.Lane], durable, lost.Any(slot => slot % Lanes == state.Lane)))];
    }

    /// <summary>What a rewind asks for: read on from there.</summary>
    public void Rewind(int lane, long next) => _next[lane] = next;

    public async ValueTask DisposeAsync() => await source.DisposeAsync();

    public Task<CachedRead> ReadAsync(long id, CommitToken? mustInclude = null) => Cache.ReadAsync(Product(id), ById(id), mustInclude, default);

    private Task<ApplyResult> ApplyAsync(int lane)
    {
        var records = _log[lane].Select((record, offset) => new Invalidation(offset, record.Target, record.IsTag, record.Xid)).Skip((int)_next[lane]);
        var batch = new ApplyBatch(lane, Epoch.Number, _next[lane], _log[lane].Count, null, [.. records]);
        return Advance(lane, Store.ApplyAsync(batch, default));
    }

    private async Task<ApplyResult> Advance(int lane, Task<ApplyResult> apply)
    {
        var result = await apply;
        _next[lane] = result is ApplyResult.Applied ? _log[lane].Count : _next[lane];
        return result;
    }
}
