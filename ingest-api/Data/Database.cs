using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;
using Streams.Hosting.Options;

namespace Streams.IngestApi.Data;

/// <summary>The pool of connections to the primary, with time limits where the operator has set none.</summary>
internal static class Database
{
    private const int ConnectSeconds = 3;

    public static NpgsqlDataSource Create(IServiceProvider services)
    {
        var text = services.GetRequiredService<IOptions<PostgresOptions>>().Value.ConnectionString;
        var limits = services.GetRequiredService<IOptions<IngestApiOptions>>().Value;
        var given = new DbConnectionStringBuilder { ConnectionString = text };
        var settings = new NpgsqlConnectionStringBuilder(text);
        Default("Application Name", () => settings.ApplicationName = "streams-ingest-api");
        Default("Timeout", () => settings.Timeout = ConnectSeconds);
        Default("Command Timeout", () => settings.CommandTimeout = (int)Math.Ceiling(limits.Deadline.TotalSeconds));
        // A server that does not even answer a cancellation is given up quickly.
        Default("Cancellation Timeout", () => settings.CancellationTimeout = 500);
        return NpgsqlDataSource.Create(settings);

        void Default(string name, Action set)
        {
            if (!given.ContainsKey(name) && !given.ContainsKey(name.Replace(" ", "", StringComparison.Ordinal)))
            {
                set();
            }
        }
    }
}
