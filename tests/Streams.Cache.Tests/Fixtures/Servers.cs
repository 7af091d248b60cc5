using Xunit;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>Postgres and Redis for all tests that play the protocol; they run one after the other, because some of them break the servers.</summary>
[CollectionDefinition(Name)]
public sealed class Servers : ICollectionFixture<CacheRedis>, ICollectionFixture<CachePostgres>
{
    public const string Name = "servers";
}
