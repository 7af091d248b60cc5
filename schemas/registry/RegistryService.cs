using Microsoft.Extensions.DependencyInjection;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Registry.Api;
using Streams.Registry.Log;

namespace Streams.Registry;

/// <summary>The schema registry as a process: <c>streams run registry</c>.</summary>
public static class RegistryService
{
    /// <summary>Runs until stopped; see <see cref="StreamsHost.RunAsync"/> for the exit code.</summary>
    public static Task<int> RunAsync(string[] args) => StreamsHost.RunAsync(
        "registry",
        args,
        builder =>
        {
            builder.Services.AddSingleton<ISchemaLog, KafkaSchemaLog>();
            builder.Services.AddSingleton<SchemaRegistry>();
            builder.Services.AddSingleton<IReadinessCheck>(provider => provider.GetRequiredService<SchemaRegistry>());
            builder.Services.AddHostedService(provider => provider.GetRequiredService<SchemaRegistry>());
        },
        app => app.MapRegistry());
}
