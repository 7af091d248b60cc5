using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>
/// A private PostgreSQL with <c>wal_level=logical</c>, password authentication with a generated password, TCP on loopback only.
/// </summary>
/// <param name="folder">Folder of this server: <c>data/</c>, log, port, password.</param>
/// <param name="time">Clock of the time-outs.</param>
public sealed class PostgresServer(string folder, TimeProvider? time = null) : LocalServer("postgres", folder, time)
{
    private static readonly string[] Versions = ["18", "17", "16", "15"];
    private string? _password;

    /// <value>Superuser's name, used at the first start. Default <c>postgres</c>.</value>
    public string User { get; init; } = "postgres";

    /// <value>Superuser's password; null = a generated one, kept in the folder. Used at the first start.</value>
    public string? Password { get; init; }

    /// <value>Server settings over ours, under their own names, such as <c>fsync=off</c>.</value>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public override string Address => $"postgresql://127.0.0.1:{Port}";

    /// <summary>Npgsql connection string of the superuser.</summary>
    /// <param name="database">Database name.</param>
    public string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Database = database,
        Username = User,
        Password = _password,
    }.ConnectionString;

    /// <summary>Creates a database unless it is there.</summary>
    public async Task CreateDatabaseAsync(string database, CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new NpgsqlParameter { Value = database } },
        };
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            var quoted = database.Replace("\"", "\"\"", StringComparison.Ordinal);
            await using var create = new NpgsqlCommand($"CREATE DATABASE \"{quoted}\"", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override int StopSignal => Signals.Interrupt;

    private string Data => InFolder("data");

    private PostgresAccount Account => PostgresAccount.For(Folder);

    /// <inheritdoc/>
    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _password = await KeepPasswordAsync(cancellationToken);
        if (!File.Exists(Path.Combine(Data, "PG_VERSION")))
        {
            await InitializeAsync(_password, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override ChildCommand Command()
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = Port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = string.Empty,
            ["wal_level"] = "logical",
            ["max_wal_senders"] = "16",
            ["max_replication_slots"] = "32",
            ["max_connections"] = "200",
            ["shared_buffers"] = "64MB",
            ["password_encryption"] = "scram-sha-256",
            ["log_line_prefix"] = "%m [%p] ",
        };
        foreach (var (name, value) in Settings)
        {
            settings[name] = value;
        }

        string[] arguments = ["-D", Data, .. settings.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" })];
        return Account.Apply(new ChildCommand(Tool("postgres"), arguments, LogPath) { DeathSignal = Signals.Interrupt });
    }

    /// <inheritdoc/>
    protected override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var query = new NpgsqlCommand("SELECT 1", connection);
        return await query.ExecuteScalarAsync(cancellationToken) is 1;
    }

    private static string Tool(string name) =>
        Programs.Require(name, "postgresql-15", Versions.Select(version => $"/usr/lib/postgresql/{version}/bin"));

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var text = new NpgsqlConnectionStringBuilder(ConnectionString()) { Pooling = false, Timeout = 5 }.ConnectionString;
        var connection = new NpgsqlConnection(text);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<string> KeepPasswordAsync(CancellationToken cancellationToken)
    {
        var file = InFolder("password");
        if (File.Exists(file))
        {
            return (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
        }

        var chosen = Password ?? RandomNumberGenerator.GetHexString(24, lowercase: true);
        await WritePrivateAsync(file, chosen, cancellationToken);
        return chosen;
    }

    private async Task InitializeAsync(string secret, CancellationToken cancellationToken)
    {
        // A folder that only the account (and root) may enter holds the password for as long as initdb runs.
        var init = InFolder("init");
        await Account.MakeFolderAsync(init, LogPath, cancellationToken);
        await Account.MakeFolderAsync(Data, LogPath, cancellationToken);
        var file = Path.Combine(init, "password");
        await File.WriteAllTextAsync(file, secret, cancellationToken);
        try
        {
            string[] arguments =
            [
                "-D", Data, "-U", User, "-A", "scram-sha-256", $"--pwfile={file}", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions",
            ];
            await ChildProcess.RunAsync(Account.Apply(new ChildCommand(Tool("initdb"), arguments, LogPath)), cancellationToken);
        }
        finally
        {
            Directory.Delete(init, recursive: true);
        }
    }

    private static async Task WritePrivateAsync(string path, string text, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }
}
