using Streams.Processors.Host;
using Streams.Registry;

namespace Streams.Processors.Tests;

/// <summary>The services as processes of their own, so that tests can kill them.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args[0] switch
    {
        "registry" => RegistryService.RunAsync(args[1..]),
        _ => ProcessorsService.RunAsync(args[1..]),
    };
}
