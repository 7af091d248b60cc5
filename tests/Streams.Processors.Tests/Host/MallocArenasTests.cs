using System.Runtime.InteropServices;
using Streams.Processors.Host;

namespace Streams.Processors.Tests.Host;

public sealed class MallocArenasTests
{
    [Fact]
    public void Given_malloc_of_glibc_When_no_operator_has_said_how_many_arenas_Then_they_are_bounded()
    {
        var isGlibc = OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);

        Assert.Equal(isGlibc && Environment.GetEnvironmentVariable("MALLOC_ARENA_MAX") is null, MallocArenas.Bound());
    }
}
