using System.Buffers.Binary;
using System.Numerics;

namespace System.IO.Hashing;

/// <summary>XXH3, 64 bits (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), one-shot.</summary>
public static class XxHash3
{
    private const ulong Prime32A = 0x9E3779B1, Prime32B = 0x85EBCA77, Prime32C = 0xC2B2AE3D;
    private const ulong Prime64A = 0x9E3779B185EBCA87, Prime64B = 0xC2B2AE3D27D4EB4F, Prime64C = 0x165667B19E3779F9;
    private const ulong Prime64D = 0x85EBCA77C2B2AE63, Prime64E = 0x27D4EB2F165667C5;
    private const ulong MixA = 0x165667919E3779F9, MixB = 0x9FB21C651E98DF25;
    private const int StripeLength = 64, SecretLength = 192, StripesPerBlock = (SecretLength - StripeLength) / 8;

    private static ReadOnlySpan<byte> DefaultSecret =>
    [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
        0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
        0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
        0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
        0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
        0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
        0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc,
        0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ];

    /// <summary>The hash of <paramref name="source"/>.</summary>
    public static ulong HashToUInt64(ReadOnlySpan<byte> source, long seed = 0) => source.Length switch
    {
        <= 16 => Short(source, (ulong)seed),
        <= 128 => UpTo128(source, (ulong)seed),
        <= 240 => UpTo240(source, (ulong)seed),
        _ => Long(source, (ulong)seed),
    };

    private static ulong Short(ReadOnlySpan<byte> data, ulong seed)
    {
        var secret = DefaultSecret;
        switch (data.Length)
        {
            case > 8:
            {
                var low = U64(data, 0) ^ ((U64(secret, 24) ^ U64(secret, 32)) + seed);
                var high = U64(data, data.Length - 8) ^ ((U64(secret, 40) ^ U64(secret, 48)) - seed);
                return Avalanche((ulong)data.Length + BinaryPrimitives.ReverseEndianness(low) + high + Fold(low, high));
            }

            case >= 4:
            {
                var mixedSeed = seed ^ ((ulong)BinaryPrimitives.ReverseEndianness((uint)seed) << 32);
                var both = U32(data, data.Length - 4) + ((ulong)U32(data, 0) << 32);
                var x = both ^ ((U64(secret, 8) ^ U64(secret, 16)) - mixedSeed);
                x ^= BitOperations.RotateLeft(x, 49) ^ BitOperations.RotateLeft(x, 24);
                x *= MixB;
                x ^= (x >> 35) + (ulong)data.Length;
                x *= MixB;
                return x ^ (x >> 28);
            }

            case > 0:
            {
                var combined = ((uint)data[0] << 16) | ((uint)data[data.Length >> 1] << 24) | data[^1] | ((uint)data.Length << 8);
                return Avalanche64(combined ^ ((U32(secret, 0) ^ (ulong)U32(secret, 4)) + seed));
            }

            default:
                return Avalanche64(seed ^ U64(secret, 56) ^ U64(secret, 64));
        }
    }

    private static ulong UpTo128(ReadOnlySpan<byte> data, ulong seed)
    {
        var sum = (ulong)data.Length * Prime64A;
        for (var i = (data.Length - 1) / 32; i >= 0; i--)
        {
            sum += Mix16(data[(16 * i)..], DefaultSecret[(32 * i)..], seed);
            sum += Mix16(data[(data.Length - 16 * (i + 1))..], DefaultSecret[(32 * i + 16)..], seed);
        }

        return Avalanche(sum);
    }

    private static ulong UpTo240(ReadOnlySpan<byte> data, ulong seed)
    {
        var sum = (ulong)data.Length * Prime64A;
        for (var i = 0; i < 8; i++)
        {
            sum += Mix16(data[(16 * i)..], DefaultSecret[(16 * i)..], seed);
        }

        sum = Avalanche(sum);
        for (var i = 8; i < data.Length / 16; i++)
        {
            sum += Mix16(data[(16 * i)..], DefaultSecret[(16 * (i - 8) + 3)..], seed);
        }

        return Avalanche(sum + Mix16(data[^16..], DefaultSecret[(136 - 17)..], seed));
    }

    private static ulong Long(ReadOnlySpan<byte> data, ulong seed)
    {
        Span<byte> secret = stackalloc byte[SecretLength];
        for (var i = 0; i < SecretLength; i += 16)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(secret[i..], U64(DefaultSecret, i) + seed);
            BinaryPrimitives.WriteUInt64LittleEndian(secret[(i + 8)..], U64(DefaultSecret, i + 8) - seed);
        }

        Span<ulong> lanes = [Prime32C, Prime64A, Prime64B, Prime64C, Prime64D, Prime32B, Prime64E, Prime32A];
        const int block = StripeLength * StripesPerBlock;
        var blocks = (data.Length - 1) / block;
        for (var b = 0; b < blocks; b++)
        {
            Accumulate(lanes, data.Slice(b * block, block), secret, StripesPerBlock);
            Scramble(lanes, secret[(SecretLength - StripeLength)..]);
        }

        var rest = data[(blocks * block)..];
        Accumulate(lanes, rest, secret, (rest.Length - 1) / StripeLength);
        Stripe(lanes, data[^StripeLength..], secret[(SecretLength - StripeLength - 7)..]);

        var result = (ulong)data.Length * Prime64A;
        for (var i = 0; i < 4; i++)
        {
            result += Fold(lanes[2 * i] ^ U64(secret, 11 + 16 * i), lanes[2 * i + 1] ^ U64(secret, 11 + 16 * i + 8));
        }

        return Avalanche(result);
    }

    private static void Accumulate(Span<ulong> lanes, ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret, int stripes)
    {
        for (var s = 0; s < stripes; s++)
        {
            Stripe(lanes, data[(s * StripeLength)..], secret[(8 * s)..]);
        }
    }

    private static void Stripe(Span<ulong> lanes, ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret)
    {
        for (var i = 0; i < 8; i++)
        {
            var value = U64(data, 8 * i);
            var key = value ^ U64(secret, 8 * i);
            lanes[i ^ 1] += value;
            lanes[i] += (key & 0xFFFFFFFF) * (key >> 32);
        }
    }

    private static void Scramble(Span<ulong> lanes, ReadOnlySpan<byte> secret)
    {
        for (var i = 0; i < 8; i++)
        {
            lanes[i] = (lanes[i] ^ (lanes[i] >> 47) ^ U64(secret, 8 * i)) * Prime32A;
        }
    }

    private static ulong Mix16(ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret, ulong seed) =>
        Fold(U64(data, 0) ^ (U64(secret, 0) + seed), U64(data, 8) ^ (U64(secret, 8) - seed));

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out ulong low);
        return low ^ high;
    }

    private static ulong Avalanche(ulong x)
    {
        x = (x ^ (x >> 37)) * MixA;
        return x ^ (x >> 32);
    }

    private static ulong Avalanche64(ulong x)
    {
        x = (x ^ (x >> 33)) * Prime64B;
        x = (x ^ (x >> 29)) * Prime64C;
        return x ^ (x >> 32);
    }

    private static ulong U64(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);

    private static uint U32(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);
}
