using System.Collections.Immutable;
using System.Globalization;

namespace Streams.Core.Fencing;

/// <summary>A Postgres snapshot as <c>pg_current_snapshot()</c> prints it: <c>xmin:xmax:xip,…</c> with 64-bit transaction ids.</summary>
/// <param name="Xmin">Every transaction below is finished.</param>
/// <param name="Xmax">No transaction at or above was finished.</param>
/// <param name="Xip">Transactions in between that were running; ascending.</param>
public sealed record PgSnapshot(ulong Xmin, ulong Xmax, ImmutableArray<ulong> Xip)
{
    /// <summary>Whether a committed transaction of this id is visible in the snapshot.</summary>
    public bool Sees(ulong xid) => xid < Xmin || (xid < Xmax && Xip.BinarySearch(xid) < 0);

    /// <summary>Parses Postgres' text form.</summary>
    /// <exception cref="FormatException">The text is not a snapshot.</exception>
    public static PgSnapshot Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != 3)
        {
            throw new FormatException($"'{text}' is not of the form xmin:xmax:xip.");
        }

        var running = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToImmutableArray();
        return new PgSnapshot(Number(parts[0]), Number(parts[1]), running);
    }

    /// <summary>Widens the 32-bit transaction id of a change event to the 64-bit value nearest to <paramref name="xmax"/>:
    /// a hung commit's id may lie above the snapshot's xmax, an old one far below.</summary>
    public static ulong Widen(uint xid, ulong xmax)
    {
        const ulong wrap = 1UL << 32;
        var same = (xmax & ~(wrap - 1)) | xid;
        if (same > xmax && same - xmax > wrap / 2 && same >= wrap)
        {
            return same - wrap;
        }

        return xmax > same && xmax - same > wrap / 2 ? same + wrap : same;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Xmin}:{Xmax}:{string.Join(',', Xip)}");

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
