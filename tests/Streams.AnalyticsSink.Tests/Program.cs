using Streams.AnalyticsSink.Host;

// `dotnet Streams.AnalyticsSink.Tests.dll SETTINGS`: the sink in a process of its own, for the tests that kill it.
return await AnalyticsSinkService.RunAsync(args);
