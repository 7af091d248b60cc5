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

    /// <summary>From libxxhash 0.8.1: byte i is 167 i + 13, without and with a seed.</summary>
    [Theory]
    [InlineData(0, 0x2D06800538D394C2, 0xA8A6B918B2F0364A)]
    [InlineData(1, 0x8A21D78B1538B1C0, 0x2A78BB5976584331)]
    [InlineData(3, 0x5F1FA6D2A3AA5A3B, 0xCD0D4D14286F82CA)]
    [InlineData(4, 0xA8A9B82C81542A43, 0xEB16000CE9016AB7)]
    [InlineData(8, 0x67B8F67A80D308A6, 0x6306063894134414)]
    [InlineData(9, 0x7DF166798FE37670, 0xD372377736C99CB1)]
    [InlineData(16, 0xC0967FEE676A5837, 0x1CA868756D53C923)]
    [InlineData(33, 0x27B514591EF37D2D, 0x18D2AF6CDE69D2B7)]
    [InlineData(97, 0x4A2CFEE5178BDE3C, 0x9114E42AC4542F3A)]
    [InlineData(128, 0xA45617BFE9BB88D6, 0x11654AECE48E405A)]
    [InlineData(144, 0xB5C37A9269E05742, 0xA88B30F1542D2875)]
    [InlineData(240, 0x2817ED3CDF9547E7, 0xA37D8CA0436A3623)]
    [InlineData(257, 0xAC756E3B633ED5BA, 0xA9F20BF0F026AA4F)]
    [InlineData(1023, 0x470376F374F704CC, 0x067120BEBE278625)]
    [InlineData(2048, 0x1D0F40A0FF717F3E, 0xF224061AED7269AC)]
    [InlineData(100000, 0xC99E23B7E9C10635, 0x3ACB7451C3B99BFF)]
    public void Given_mixed_bytes_and_a_seed_When_hashed_Then_the_reference_implementation_agrees(int count, ulong plain, ulong seeded)
    {
        var bytes = Enumerable.Range(0, count).Select(i => unchecked((byte)((i * 167) + 13))).ToArray();
        Assert.Equal(plain, XxHash3.HashToUInt64(bytes, 0));
        Assert.Equal(seeded, XxHash3.HashToUInt64(bytes, unchecked((long)0x9E3779B185EBCA8D)));
    }
}
