using Streams.Processors.Host;
using Streams.Processors.Host.Aggregates;

namespace Streams.Processors.Tests.Host;

/// <summary>Stores that nobody will read again are deleted, the others stay.</summary>
public sealed class StateFoldersTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("streams-state-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Given_stores_of_an_older_format_and_of_epochs_When_the_retired_are_deleted_Then_those_of_this_format_and_a_kept_epoch_stay()
    {
        var options = new ProcessorsOptions { StateFolder = _state };
        var kept = Store(StateFolders.Root(options), "sales", "7", "raw-0");
        var retired = Store(StateFolders.Root(options), "sales", "6", "raw-0");
        var older = Store(_state, "aggregates", "sales", "7", "raw-0");

        StateFolders.DeleteRetired(options, [7]);

        Assert.True(Directory.Exists(kept));
        Assert.False(Directory.Exists(retired));
        Assert.False(Directory.Exists(older));
    }

    [Fact]
    public void Given_no_store_yet_When_the_retired_are_deleted_Then_nothing_happens() =>
        StateFolders.DeleteRetired(new ProcessorsOptions { StateFolder = Path.Combine(_state, "none") }, []);

    private static string Store(params string[] parts) => Directory.CreateDirectory(Path.Combine(parts)).FullName;
}
