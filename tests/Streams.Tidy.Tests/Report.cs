namespace Streams.Tidy.Tests;

/// <summary>What is wrong, one finding per line.</summary>
internal static class Report
{
    /// <summary>Fails with every finding, not only the first.</summary>
    internal static void MustBeEmpty(string rule, IEnumerable<string> findings)
    {
        var all = findings.Distinct().ToArray();
        Assert.True(all.Length == 0, $"{rule} ({all.Length}):{Environment.NewLine}{string.Join(Environment.NewLine, all)}");
    }
}
