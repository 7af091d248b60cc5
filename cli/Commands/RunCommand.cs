using System.CommandLine;
using Streams.AnalyticsSink.Host;
using Streams.IngestApi;
using Streams.InvalidationSink.Host;
using Streams.Processors.Host;
using Streams.Registry;

namespace Streams.Cli.Commands;

/// <summary><c>streams run NAME</c>: one service in this process, against servers that are already there.</summary>
internal static class RunCommand
{
    private static readonly Dictionary<string, Func<string[], Task<int>>> Services = new()
    {
        ["ingest-api"] = IngestApiService.RunAsync,
        ["stream-processors"] = ProcessorsService.RunAsync,
        ["invalidation-sink"] = InvalidationSinkService.RunAsync,
        ["analytics-sink"] = AnalyticsSinkService.RunAsync,
        ["registry"] = RegistryService.RunAsync,
    };

    public static Command Create()
    {
        var name = new Argument<string>("service") { Description = string.Join(" | ", Services.Keys) };
        name.AcceptOnlyFromAmong([.. Services.Keys]);
        var settings = new Argument<string[]>("settings") { Description = "--Streams:Section:Name=value …, over environment and appsettings.json", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "Runs one service against servers that are already there. Settings: docs/reference/configuration.md") { name, settings };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, _) => Services[parsed.GetRequiredValue(name)]([.. parsed.GetValue(settings) ?? [], .. parsed.UnmatchedTokens]));
        return command;
    }
}
