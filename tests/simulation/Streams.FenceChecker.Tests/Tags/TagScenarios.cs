namespace Streams.FenceChecker.Tests.Tags;

/// <summary>Runs of <see cref="TagModel"/> with all rules in force, and the worlds that its mutants live in.</summary>
public static class TagScenarios
{
    /// <summary>Two keys in one lane that share a cell; T 0 touches both.</summary>
    public static TagConfiguration SharedCell { get; } = new() { Keys = 2, Lane = [0, 0], Cell = [0, 0], Touches = [3, 1, 2] };

    /// <summary>A key and its tag, each in a lane of its own; T 0 touches the key, T 1 the tag, T 2 both.</summary>
    public static TagConfiguration KeyAndTag { get; } = new() { Lanes = 2, Lane = [0, 1], Cell = [0, 1], Touches = [1, 2, 3], TagsBefore = 2, TagsAfter = 2 };

    /// <summary>A list whose row is moved by T 0 from the first tag to the second; T 1 touches the first, T 2 the second; three lanes.</summary>
    public static TagConfiguration MovingRow { get; } = new()
    {
        Transactions = 3,
        Readers = 1,
        Lanes = 3,
        Lane = [0, 1, 2],
        Cell = [0, 1, 2],
        Touches = [0b110, 0b010, 0b100],
        TagsBefore = 0b010,
        TagsAfter = 0b100,
        Changes = 1,
    };

    /// <summary>As <see cref="KeyAndTag"/>, but both transactions invalidate the tag, and a lane may be cut.</summary>
    public static TagConfiguration TagTwice { get; } = KeyAndTag with { Touches = [2, 2], Truncations = 1, Readers = 1 };

    /// <summary>All of them.</summary>
    public static IEnumerable<Scenario> All =>
    [
        Run("D1", "2 keys share a cell, one lane, 2 transactions, 2 readers", SharedCell),
        Run("D2", "2 keys in 2 lanes, a cell each, 2 transactions, 2 readers", SharedCell with { Lanes = 2, Lane = [0, 1], Cell = [0, 1] }),
        Run("D3", "as D1, 3 transactions, 1 reader", SharedCell with { Transactions = 3, Readers = 1 }, isLarge: true),
        Run("F1", "key and tag in two lanes, 2 transactions, 2 readers", KeyAndTag),
        Run("F3", "as F1, 3 transactions, 1 reader", KeyAndTag with { Transactions = 3, Readers = 1 }),
        Run("F4", "a row moves between two tags, 3 lanes, 3 transactions, 1 reader", MovingRow),
        Run("F5", "a row moves between two tags, 2 transactions, 2 readers", MovingRow with { Transactions = 2, Readers = 2, Touches = [0b110, 0b100] }),
        Run("F6", "the tag is in the key's lane, 2 readers", KeyAndTag with { Lanes = 1, Lane = [0, 0] }),
        Run("F8", "key and tag in two lanes, 1 truncation, re-floor in pieces, 1 reader", KeyAndTag with { Truncations = 1, Readers = 1 }),
        Run("F9", "as F8, both transactions invalidate the tag", TagTwice),
        Run("F10", "as F8, 2 readers", KeyAndTag with { Truncations = 1 }, isLarge: true),
        Run("F7", "key and tag share lane and cell, 3 transactions, 1 reader", KeyAndTag with { Lanes = 1, Lane = [0, 0], Cell = [0, 0], Transactions = 3, Readers = 1 }),
    ];

    private static Scenario Run(string name, string what, TagConfiguration configuration, bool isLarge = false) =>
        Scenario.Of(name, what, new TagModel(configuration), isLarge);
}
