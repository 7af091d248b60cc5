using System.IO.Hashing;

namespace Streams.Feed.Tests;

public sealed class XxHash3Tests
{
    /// <summary>Printed by <c>xxhsum -H3</c> 0.8.1 for that many letters a; the lengths touch every branch of the algorithm.</summary>
    [Theory]
    [InlineData(0, 0x2d06800538d394c2)]
    [InlineData(1, 0xe6c632b61e964e1f)]
    [InlineData(3, 0xe4ba3228795dc9ef)]
    [InlineData(5, 0xeac56b243ef0083c)]
    [InlineData(9, 0xe2137e26d8eed2c4)]
    [InlineData(16, 0x13ba5039476cd10a)]
    [InlineData(17, 0x39127b6816c5f92a)]
    [InlineData(100, 0x411d9368f9c30e07)]
    [InlineData(129, 0x1586e7ed07cba75b)]
    [InlineData(200, 0xac2bd404bce6c995)]
    [InlineData(240, 0x993c46d96a01b5c6)]
    [InlineData(241, 0xf6cfef5c5aca1930)]
    [InlineData(1024, 0x4a5d6b09a9587a1c)]
    [InlineData(1025, 0xd46a63acfb8da1ea)]
    [InlineData(5000, 0x86bab6aca5d8f5e9)]
    public void Given_n_letters_When_hashed_Then_the_reference_implementation_agrees(int count, ulong expected) =>
        Assert.Equal(expected, XxHash3.HashToUInt64(Enumerable.Repeat((byte)'a', count).ToArray(), 0));
}
