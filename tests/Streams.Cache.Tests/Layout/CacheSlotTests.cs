using System.Security.Cryptography;
using System.Text;
using Streams.Cache.Layout;
using Streams.Core.Fencing;
using Xunit;

namespace Streams.Cache.Tests.Layout;

public sealed class CacheSlotTests
{
    [Theory]
    [InlineData("123456789", 0x31C3)]
    [InlineData("foo", 12182)]
    [InlineData("{user1000}.following", 3443)]
    [InlineData("foo{}{bar}", 8363)]
    [InlineData("foo{{bar}}zap", 4015)]
    public void Given_a_key_When_hashed_Then_the_slot_is_that_of_Redis_Cluster(string key, int slot) =>
        Assert.Equal(slot, CacheSlot.Of(key).Number);

    [Fact]
    public void Given_every_slot_When_its_tag_is_hashed_Then_it_is_in_the_slot() =>
        Assert.All(Enumerable.Range(0, CacheSlot.Count), slot => Assert.Equal(slot, CacheSlot.Of(CacheKeys.Fence(slot)).Number));

    [Fact]
    public void Given_the_table_of_tags_When_compared_with_the_layout_in_Redis_Then_it_has_not_changed()
    {
        var all = string.Join(' ', Enumerable.Range(0, CacheSlot.Count).Select(SlotTags.Of));
        Assert.Equal("49750E8F9C9353D9", Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(all)))[..16]);
    }

    [Fact]
    public void Given_a_tag_When_its_members_key_is_hashed_Then_it_is_in_the_slot_of_the_tag() =>
        Assert.Equal(CacheSlot.Of("products:category:7:*").Number, CacheSlot.Of(CacheKeys.Members("products:category:7:*")).Number);
}
