using Npgsql;
using Streams.Cache.Reading;
using Streams.Cache.Tests.Fixtures;
using Streams.Core.Errors;
using Streams.Postgres;
using Xunit;
using static Streams.Cache.Tests.Races.FillRacesTests;

namespace Streams.Cache.Tests.Races;

/// <summary>R5 and R12: nothing is filled from a standby, and after a promotion nothing of the lost history can be hit.</summary>
[Collection(Servers.Name)]
public sealed class FailoverTests(CacheRedis redis, CachePostgres postgres)
{
    [Fact]
    public async Task Given_a_standby_When_it_is_read_and_then_promoted_Then_it_fills_only_under_an_epoch_of_its_own()
    {
        await using var world = await FenceWorld.StartAsync(redis, postgres);
        await world.CommitAsync("INSERT INTO product VALUES (1, 'old', 7), (2, 'two', 7)");
        await using var standby = await PostgresStandby.StartAsync(postgres.Server);
        var database = new NpgsqlConnectionStringBuilder(world.Source.ConnectionString).Database!;
        await using var there = NpgsqlDataSource.Create(standby.Server.ConnectionString(database));
        var cache = FenceWorld.NewCache(redis, there);

        var fromStandby = await cache.ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default);
        Assert.Equal(("old", false), (Text(fromStandby), fromStandby.Stored));
        Assert.Contains("other-history", fromStandby.Detail, StringComparison.Ordinal);
        Assert.Equal("STR5003", (await Assert.ThrowsAsync<StreamsException>(() => new Primary(there).LookAsync(default))).Error.Code);

        // The old primary is cut off; what it commits from here on is lost with it, and was cached.
        await world.CommitAsync("UPDATE product SET name = 'lost' WHERE id = 2");
        Assert.True((await world.ReadAsync(2)).Stored);
        await there.ScalarAsync<bool>("SELECT pg_promote()");
        var view = await new Primary(there).LookAsync(default);
        Assert.Equal(world.Epoch.Identity.Timeline + 1, view.Identity.Timeline);
        Assert.Equal(world.Epoch.Identity.SystemId, view.Identity.SystemId);
        Assert.False((await cache.ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default)).Stored);

        await using var promoted = new FenceWorld(redis, there);
        await promoted.ReFloorAsync();
        Assert.True(promoted.Epoch.Number > world.Epoch.Number);
        Assert.Equal(CacheOutcome.Miss, (await promoted.ReadAsync(2)).Outcome);

        // A reader that still talks to the old primary fills nothing under the new epoch [M27].
        var zombie = await FenceWorld.NewCache(redis, world.Source).ReadAsync(FenceWorld.Product(1), FenceWorld.ById(1), null, default);
        Assert.False(zombie.Stored);
    }
}
