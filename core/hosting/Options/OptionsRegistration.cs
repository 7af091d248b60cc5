using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Streams.Hosting.Options;

/// <summary>Binding of the shared sections.</summary>
public static class OptionsRegistration
{
    /// <summary>Binds a section, checks its data annotations at start.</summary>
    public static WebApplicationBuilder AddOptions<T>(this WebApplicationBuilder builder, string section)
        where T : class
    {
        builder.Services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        return builder;
    }

    internal static void AddStreamsOptions(this WebApplicationBuilder builder) => builder
        .AddOptions<KafkaOptions>(KafkaOptions.Section)
        .AddOptions<PostgresOptions>(PostgresOptions.Section)
        .AddOptions<RedisOptions>(RedisOptions.Section)
        .AddOptions<RegistryOptions>(RegistryOptions.Section)
        .AddOptions<SourceOptions>(SourceOptions.Section)
        .AddOptions<HttpOptions>(HttpOptions.Section);
}
