using System.Diagnostics;
using Npgsql;
using Streams.Local.Servers;

namespace Streams.Cache.Tests.Fixtures;

/// <summary>A physical standby of a private Postgres, by base backup and streaming.</summary>
public sealed class PostgresStandby : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streams-cache-standby-").FullName;

    private PostgresStandby(string password) => Server = new PostgresServer(_folder) { Password = password };

    public PostgresServer Server { get; }

    public static async Task<PostgresStandby> StartAsync(PostgresServer primary)
    {
        var login = new NpgsqlConnectionStringBuilder(primary.ConnectionString());
        var standby = new PostgresStandby(login.Password!);
        var data = Path.Combine(standby._folder, "data");
        await RunAsync(Program("pg_basebackup"), login.Password!, "-D", data, "-R", "-X", "stream", "-c", "fast",
            "-d", $"host=127.0.0.1 port={primary.Port} user={login.Username} password={login.Password}");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", "", "-R", "postgres:", standby._folder);
        }

        await standby.Server.StartAsync();
        return standby;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Program(string name) =>
        Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin", name)).Last(File.Exists);

    private static async Task RunAsync(string program, string password, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = password;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert(process.ExitCode == 0, $"{program}: {error}");
    }

    private static void Assert(bool condition, string because)
    {
        if (!condition)
        {
            throw new InvalidOperationException(because);
        }
    }
}
