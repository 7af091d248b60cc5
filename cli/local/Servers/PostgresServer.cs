using System.Security.Cryptography;
using Npgsql;
using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>A private PostgreSQL with logical decoding on, on loopback, with a password of its own.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Superuser of the instance.</summary>
    public const string Superuser = "postgres";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private readonly string _user;
    private ChildProcess? _process;

    private PostgresServer(string folder, int port, string password, string? user) =>
        (_folder, Port, Password, _user) = (folder, port, password, user ?? "");

    /// <summary>Port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Password of <see cref="Superuser"/>.</summary>
    public string Password { get; }

    /// <summary>Process id of the postmaster.</summary>
    public int ProcessId => _process!.Id;

    /// <summary>Log file.</summary>
    public string LogFile => _process!.LogFile;

    /// <summary>Npgsql connection string of a database.</summary>
    public string ConnectionString(string database = "postgres", string user = Superuser, string? password = null) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = Port, Database = database, Username = user, Password = password ?? Password, IncludeErrorDetail = true,
        }.ConnectionString;

    /// <summary>Initialises the folder when it is empty, then starts and waits until a query is answered.</summary>
    /// <param name="folder">Data, log and pid file.</param>
    /// <param name="port">Wanted port; 0 = any free one.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<PostgresServer> StartAsync(string folder, int port, CancellationToken cancellationToken)
    {
        var user = OperatingSystemUser.ForPostgres;
        var accessible = await OperatingSystemUser.FolderAsync(Path.GetFullPath(folder), user, cancellationToken);
        var password = await InitialiseAsync(accessible, user, cancellationToken);
        var server = new PostgresServer(accessible, FreePort.Take(port), password, user);
        await server.StartAgainAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts on the same data and port, after a stop or a kill.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        _process = await ChildProcess.StartAsync(
            new ChildCommand("postgres", PostgresPrograms.Find("postgres"), ["-D", Path.Combine(_folder, "data"), .. Settings()], _folder)
            {
                User = _user.Length > 0 ? _user : null,
                StopSignal = Signals.Interrupt,
            },
            cancellationToken);
        await _process.WaitUntilAsync(AnswersAsync, StartLimit, cancellationToken);
    }

    /// <summary>Fast shutdown.</summary>
    public Task StopAsync() => _process!.StopAsync();

    /// <summary>SIGKILL of the postmaster. Its children notice and end by themselves.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string[] Settings() =>
    [
        "-c", $"port={Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        "-c", "wal_level=logical", "-c", "max_wal_senders=16", "-c", "max_replication_slots=16", "-c", "max_connections=200",
        "-c", "max_slot_wal_keep_size=4GB", "-c", "max_wal_size=512MB",
    ];

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false;Timeout=2");
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT NOT pg_is_in_recovery()", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task<string> InitialiseAsync(string folder, string? user, CancellationToken cancellationToken)
    {
        var passwordFile = Path.Combine(folder, "password");
        if (File.Exists(Path.Combine(folder, "data", "PG_VERSION")) && File.Exists(passwordFile))
        {
            return await File.ReadAllTextAsync(passwordFile, cancellationToken);
        }

        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        await File.WriteAllTextAsync(passwordFile, password, cancellationToken);
        // initdb reads it as the server's user; the folder around it is closed to others.
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using var initdb = await ChildProcess.StartAsync(
            new ChildCommand(
                "initdb",
                PostgresPrograms.Find("initdb"),
                ["-D", Path.Combine(folder, "data"), "-U", Superuser, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", "--locale=C", "--no-instructions"],
                folder) { User = user },
            cancellationToken);
        await initdb.WaitForExitAsync(cancellationToken);
        if (!File.Exists(Path.Combine(folder, "data", "PG_VERSION")))
        {
            throw LocalErrors.StartFailed.With($"initdb failed. {initdb.Tail()}");
        }

        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return password;
    }
}
