namespace Streams.Debezium;

/// <summary>What holds for an envelope in every encoding.</summary>
internal static class EnvelopeRules
{
    /// <summary>What <c>source.snapshot</c> says of rows of an incremental snapshot.</summary>
    public const string Incremental = "incremental";

    /// <summary>Whether <c>source.snapshot</c> says that a snapshot read the row.</summary>
    public static bool IsSnapshot(string? flag) => flag is not (null or "" or "false");

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
