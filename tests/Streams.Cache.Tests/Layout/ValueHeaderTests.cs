using System.Text;
using Streams.Cache.Layout;
using Streams.Core.Fencing;
using Xunit;

namespace Streams.Cache.Tests.Layout;

public sealed class ValueHeaderTests
{
    private static readonly ValueHeader Example = new(
        true, 0x0102030405060708, 1_700_000_000_000,
        [new Stamp(3, 41), new Stamp(11, -1)],
        new PgSnapshot(740, 745, [741, 743]),
        ["product:*", "ü:*"]);

    private const string Golden =
        "53" + "01" + "005E" + "0102030405060708" + "0000018BCFE56800"
        + "02" + "0003" + "0000000000000029" + "000B" + "FFFFFFFFFFFFFFFF"
        + "00000000000002E4" + "00000000000002E9" + "0002" + "00000000000002E5" + "00000000000002E7"
        + "0002" + "0009" + "70726F647563743A2A" + "0004" + "C3BC3A2A";

    [Fact]
    public void Given_the_example_When_written_Then_the_bytes_are_the_golden_ones() =>
        Assert.Equal(Golden + "7B7D", Convert.ToHexString(Example.Write("{}"u8)));

    [Fact]
    public void Given_the_golden_bytes_When_read_Then_it_is_the_example()
    {
        var header = ValueHeader.Read(Convert.FromHexString(Golden + "7B7D"), out var start)!;
        Assert.Equal(Golden.Length / 2, start);
        Assert.Equal(Describe(Example), Describe(header));
    }

    [Fact]
    public void Given_a_header_cut_anywhere_When_read_Then_it_is_refused()
    {
        var bytes = Convert.FromHexString(Golden);
        Assert.All(Enumerable.Range(0, bytes.Length), length => Assert.Null(ValueHeader.Read(bytes.AsSpan(0, length), out _)));
    }

    [Fact]
    public void Given_random_bytes_behind_our_magic_When_read_Then_nothing_is_thrown()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Example.Write("x"u8);
            bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(1, bytes.Length)] = (byte)random.Next(256);
            _ = ValueHeader.Read(bytes, out _);
        }
    }

    [Fact]
    public void Given_more_running_transactions_than_are_kept_When_written_Then_the_value_claims_less_and_never_more()
    {
        var running = Enumerable.Range(0, 2000).Select(i => (ulong)(1000 + (2 * i))).ToArray();
        var snapshot = new PgSnapshot(1000, 6000, [.. running]);
        var read = ValueHeader.Read((Example with { Tokens = snapshot }).Write([]), out _)!.Tokens;
        Assert.All(Enumerable.Range(900, 5200).Select(xid => (ulong)xid), xid => Assert.True(!read.Sees(xid) || snapshot.Sees(xid)));
        Assert.True(read.Sees(1001));
    }

    private static string Describe(ValueHeader header) => new StringBuilder()
        .Append(header.Exists).Append(header.Epoch).Append(header.FilledAtMs).AppendJoin(',', header.Stamps)
        .Append(header.Tokens).AppendJoin(',', header.Tags).ToString();
}
