using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streams.Configuration;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Hosting.Health;
using Streams.Hosting.Metrics;
using Streams.Hosting.Options;

namespace Streams.Hosting;

/// <summary>
/// What every service of the pipeline has in common: settings, the compiled <c>streams.yaml</c>, clock, health and metrics endpoints, and
/// an exit code that tells an operator's script what went wrong.
/// </summary>
public static class StreamsHost
{
    /// <summary>Exit code after a configuration mistake (sysexits.h EX_CONFIG): restarting does not help.</summary>
    public const int ExitConfiguration = 78;

    /// <summary>Exit code after anything else that stopped the host.</summary>
    public const int ExitFailure = 1;

    /// <summary>
    /// Runs a service until it is stopped by SIGTERM, SIGINT or a failure. Settings come from appsettings.json, over it
    /// environment variables (<c>STREAMS__KAFKA__BOOTSTRAPSERVERS</c>), over them the command line (<c>--Streams:Http:Url=…</c>).
    /// </summary>
    /// <param name="service">Name as in <c>streams run NAME</c>.</param>
    /// <param name="args">Command line after the name.</param>
    /// <param name="add">Adds the service's own registrations.</param>
    /// <param name="map">Maps its own endpoints.</param>
    /// <returns>0 after an ordinary stop, <see cref="ExitConfiguration"/> or <see cref="ExitFailure"/> otherwise.</returns>
    public static async Task<int> RunAsync(
        string service, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication>? map = null)
    {
        try
        {
            await using var app = Build(service, args, add, map);
            var failure = app.Services.GetRequiredService<HostFailure>();
            await app.RunAsync();
            return failure.ExitCode;
        }
        catch (Exception exception) when (exception is StreamsException or OptionsValidationException or RuleMistakesException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            var transient = exception is StreamsException { Error.Kind: ErrorKind.Transient };
            return transient ? ExitFailure : ExitConfiguration;
        }
    }

    /// <summary>The application of <see cref="RunAsync"/>, not started: for tests that host a service in their own process.</summary>
    public static WebApplication Build(
        string service, string[] args, Action<WebApplicationBuilder> add, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ApplicationName = service });
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<HostFailure>();
        builder.AddStreamsOptions();
        builder.Services.AddSingleton(_ => StreamsFile.Load(builder.Configuration["Streams:File"] ?? "streams.yaml"));
        builder.Services.AddSingleton<MetricsRegistry>();
        builder.Services.AddProblemDetails();
        add(builder);

        var http = builder.Configuration.GetSection(HttpOptions.Section).Get<HttpOptions>() ?? new HttpOptions();
        builder.WebHost.UseSetting("urls", http.Url);
        var app = builder.Build();
        app.MapHealth(service);
        app.MapMetrics();
        map?.Invoke(app);
        app.Lifetime.ApplicationStarted.Register(() => Log.Listening(app.Logger, service, string.Join(", ", app.Urls)));
        return app;
    }
}
