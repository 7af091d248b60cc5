namespace RocksDbSharp;

/// <summary>An object that the options it is set on then own. The package would free it twice if it were set twice; here that is refused.</summary>
internal sealed class Given(Func<nint> create)
{
    private int given;

    internal nint Give() => Interlocked.Exchange(ref given, 1) == 0
        ? create()
        : throw new InvalidOperationException("It belongs to the options that it was set on already; create another.");
}

/// <summary>A Bloom filter, to be set on one <see cref="BlockBasedTableOptions"/>.</summary>
public class BloomFilterPolicy
{
    private readonly Given policy;

    private BloomFilterPolicy(Given policy) => this.policy = policy;

    /// <summary>A filter with so many bits for each key: 10 let about one in a hundred absent keys through.</summary>
    /// <param name="bits_per_key">Bits for each key.</param>
    /// <param name="use_block_based_builder">No longer of effect: the library makes one filter for a file in both cases.</param>
    public static BloomFilterPolicy Create(int bits_per_key = 10, bool use_block_based_builder = true) => new(new Given(() => use_block_based_builder
        ? Interop.rocksdb_filterpolicy_create_bloom(bits_per_key)
        : Interop.rocksdb_filterpolicy_create_bloom_full(bits_per_key)));

    internal nint Give() => policy.Give();
}

/// <summary>Takes the prefix of keys, to be set on one <see cref="Options{T}"/>.</summary>
public class SliceTransform
{
    private readonly Given transform;

    private SliceTransform(Given transform) => this.transform = transform;

    /// <summary>The first bytes; shorter keys have no prefix.</summary>
    public static SliceTransform CreateFixedPrefix(ulong fixed_prefix_length) =>
        new(new Given(() => Interop.rocksdb_slicetransform_create_fixed_prefix((nuint)fixed_prefix_length)));

    internal nint Give() => transform.Give();
}
