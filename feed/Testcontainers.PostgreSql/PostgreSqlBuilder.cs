using Streams.Local.Servers;

namespace Testcontainers.PostgreSql;

/// <summary>Builds a <see cref="PostgreSqlContainer"/>. Each step returns a new builder, as the real one's do.</summary>
public sealed class PostgreSqlBuilder
{
    private readonly Settings _settings;

    /// <param name="image">Named for the container engine; here the installed server runs.</param>
    public PostgreSqlBuilder(string image)
        : this(new Settings(image, "postgres", "postgres", "postgres", []))
    {
    }

    private PostgreSqlBuilder(Settings settings) => _settings = settings;

    /// <summary>Sets the image.</summary>
    public PostgreSqlBuilder WithImage(string image) => new(_settings with { Image = image });

    /// <summary>Sets the database that is created.</summary>
    public PostgreSqlBuilder WithDatabase(string database) => new(_settings with { Database = database });

    /// <summary>Sets the superuser.</summary>
    public PostgreSqlBuilder WithUsername(string username) => new(_settings with { Username = username });

    /// <summary>Sets the superuser's password.</summary>
    public PostgreSqlBuilder WithPassword(string password) => new(_settings with { Password = password });

    /// <summary>Appends server arguments; understood here: <c>-c NAME=VALUE</c>.</summary>
    public PostgreSqlBuilder WithCommand(params string[] command) => new(_settings with { Command = [.. _settings.Command, .. command] });

    /// <summary>Builds the container; nothing starts yet.</summary>
    public PostgreSqlContainer Build()
    {
        var settings = ServerSettings(_settings.Command);
        return PostgreSqlContainer.Create(_settings.Database, folder => new PostgresServer(folder)
        {
            User = _settings.Username,
            Password = _settings.Password,
            Settings = settings,
        });
    }

    private static Dictionary<string, string> ServerSettings(string[] command)
    {
        var settings = new Dictionary<string, string>();
        for (var at = 0; at < command.Length; at += 2)
        {
            var pair = command[at] == "-c" && at + 1 < command.Length ? command[at + 1].Split('=', 2) : [];
            if (pair.Length != 2)
            {
                throw new ArgumentException($"'{command[at]}': the stand-in understands -c NAME=VALUE only.", nameof(command));
            }

            settings[pair[0]] = pair[1];
        }

        return settings;
    }

    private sealed record Settings(string Image, string Database, string Username, string Password, string[] Command);
}
