using System.Runtime.InteropServices;
using Streams.Processors.Host;

namespace Streams.Processors.Tests.Host;

public sealed class MallocTests
{
    [Fact]
    public void Given_malloc_of_glibc_When_its_options_are_set_Then_it_takes_them()
    {
        var isGlibc = OperatingSystem.IsLinux() && !RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal);

        Assert.Equal(isGlibc, Malloc.SetOptions());
    }
}
