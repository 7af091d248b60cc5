using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Streams.Cache.Protocol;
using Streams.Core.Fencing;

namespace Streams.Cache.Layout;

/// <summary>Frontier of a lane that the value's reader held before its snapshot.</summary>
public readonly record struct Stamp(int Lane, long Offset);

/// <summary>
/// What stands before the payload of every value. Big-endian:
/// <code>
/// 0x53 'S' | format u8 | header length u16 | epoch i64 | filled at, ms i64 | stamps u8 × (lane u16, offset i64)
///          | xmin u64 | xmax u64 | running u16 × u64 | tags u16 × (length u16, UTF-8) | payload
/// </code>
/// Format 1 is a value, format 2 says that the row does not exist (no payload). <c>header.lua</c> reads the same.
/// </summary>
/// <param name="Exists">Whether the row existed.</param>
/// <param name="Epoch">Epoch of the reader's frontier.</param>
/// <param name="FilledAtMs">Reader's clock, milliseconds since 1970; shown as Age, decides nothing.</param>
/// <param name="Stamps">One per lane that the value depends on.</param>
/// <param name="Tokens">Snapshot that the value was read from.</param>
/// <param name="Tags">Tags that the value belongs to.</param>
public sealed record ValueHeader(
    bool Exists, long Epoch, long FilledAtMs, ImmutableArray<Stamp> Stamps, PgSnapshot Tokens, ImmutableArray<string> Tags)
{
    /// <summary>Most running transactions that are kept. A snapshot with more is cut below the first that is left out: it claims less, never more.</summary>
    public const int MaxRunning = 512;

    private const byte Magic = (byte)'S';
    private const byte Value = 1;
    private const byte Absence = 2;
    private const int FixedLength = 21;

    /// <summary>Whether the header can be stored: at most 255 stamps, and 65,535 bytes with its tags.</summary>
    public bool Fits => Stamps.Length <= byte.MaxValue && Length <= ushort.MaxValue;

    private int Length => FixedLength + (Stamps.Length * 10) + 18 + (Math.Min(Tokens.Xip.Length, MaxRunning) * 8)
        + 2 + Tags.Sum(tag => 2 + Encoding.UTF8.GetByteCount(tag));

    /// <summary>The stamp for a lane, or null.</summary>
    public long? StampOf(int lane)
    {
        foreach (var stamp in Stamps)
        {
            if (stamp.Lane == lane)
            {
                return stamp.Offset;
            }
        }

        return null;
    }

    /// <summary>The value as the decisions see it from a lane.</summary>
    public StoredValue SeenFrom(int lane) => new(Epoch, StampOf(lane), Tokens);

    /// <summary>Header and payload as stored.</summary>
    /// <exception cref="ArgumentException">It does not <see cref="Fits">fit</see>.</exception>
    public byte[] Write(ReadOnlySpan<byte> payload)
    {
        if (!Fits)
        {
            throw new ArgumentException($"A header of {Length} bytes with {Stamps.Length} stamps cannot be stored.");
        }

        var (tokens, length) = (Cut(Tokens), Length);
        var value = new byte[length + payload.Length];
        var writer = new HeaderWriter(value);
        writer.U8(Magic);
        writer.U8(Exists ? Value : Absence);
        writer.U16(length);
        writer.I64(Epoch);
        writer.I64(FilledAtMs);
        writer.U8((byte)Stamps.Length);
        foreach (var stamp in Stamps)
        {
            writer.U16(stamp.Lane);
            writer.I64(stamp.Offset);
        }

        writer.Snapshot(tokens);
        writer.Tags(Tags);
        payload.CopyTo(value.AsSpan(length));
        return value;
    }

    /// <summary>Reads a stored value. Null: not ours, damaged, or of a format of another version; then it counts as absent.</summary>
    /// <param name="value">Header and payload.</param>
    /// <param name="payloadStart">Where the payload begins.</param>
    public static ValueHeader? Read(ReadOnlySpan<byte> value, out int payloadStart)
    {
        payloadStart = 0;
        if (value.Length < FixedLength || value[0] != Magic || value[1] is not (Value or Absence))
        {
            return null;
        }

        payloadStart = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        if (payloadStart < FixedLength || payloadStart > value.Length)
        {
            return null;
        }

        var reader = new HeaderReader(value[4..payloadStart]);
        var epoch = reader.I64();
        var filledAt = reader.I64();
        var stamps = reader.Stamps();
        var tokens = reader.Snapshot();
        var tags = reader.Tags();
        return reader.Failed ? null : new ValueHeader(value[1] == Value, epoch, filledAt, stamps, tokens, tags);
    }

    private static PgSnapshot Cut(PgSnapshot tokens) => tokens.Xip.Length <= MaxRunning
        ? tokens
        : new PgSnapshot(tokens.Xmin, tokens.Xip[MaxRunning], tokens.Xip[..MaxRunning]);
}
