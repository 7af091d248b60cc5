namespace Streams.Debezium;

/// <summary>What holds for an envelope in every encoding.</summary>
internal static class EnvelopeRules
{
    /// <summary>What <c>source.snapshot</c> says of rows of an incremental snapshot.</summary>
    public const string Incremental = "incremental";

    /// <summary>
    /// Whether a snapshot read the row, says <c>op</c> alone. A connector that is started again on an offset of the midst of an incremental snapshot
    /// gives streamed changes a <c>source.snapshot</c> of "true", for as long as it runs (Debezium 3.7, <c>PostgresOffsetContext</c>).
    /// </summary>
    /// <param name="source">As read, no snapshot.</param>
    /// <param name="operation">Of the change.</param>
    public static ChangeSource Source(ChangeSource source, ChangeOperation operation) => (operation, source.IsIncremental) switch
    {
        (ChangeOperation.Read, _) => source with { IsSnapshot = true, TransactionId = null },
        (_, true) => source with { IsIncremental = false },
        _ => source,
    };

    public static ChangeOperation Operation(string? letter) => letter switch
    {
        "c" => ChangeOperation.Create,
        "u" => ChangeOperation.Update,
        "d" => ChangeOperation.Delete,
        "r" => ChangeOperation.Read,
        "t" => ChangeOperation.Truncate,
        "m" => ChangeOperation.Message,
        _ => throw ChangeErrors.Undecodable.With($"op is '{letter}'."),
    };

    /// <summary>First of the pair in <c>source.sequence</c>, which is a text: <c>["24023119","24023128"]</c>, <c>[null,"24023128"]</c>.</summary>
    public static long LastCommit(string? sequence)
    {
        var text = sequence.AsSpan().TrimStart("[ \"");
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            digits++;
        }

        return digits > 0 && long.TryParse(text[..digits], System.Globalization.CultureInfo.InvariantCulture, out var commit) ? commit : 0;
    }

    public static void RequireRows(ChangeEvent change)
    {
        var missing = change.Operation switch
        {
            ChangeOperation.Create or ChangeOperation.Read or ChangeOperation.Update => change.After is null ? "after" : null,
            ChangeOperation.Delete => change.Before is null ? "before" : null,
            _ => null,
        };
        if (missing is not null)
        {
            throw ChangeErrors.RowMissing.With($"{change.Operation} of {change.Source.Entity} without {missing}.");
        }
    }
}
