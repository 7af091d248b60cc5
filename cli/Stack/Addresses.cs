using Npgsql;

namespace Streams.Cli.Stack;

/// <summary>Addresses of the endpoints file as the clients want them.</summary>
public static class Addresses
{
    /// <summary><c>postgresql://user:password@host:port/database</c> as an Npgsql connection string.</summary>
    public static string Npgsql(string address)
    {
        var uri = new Uri(address);
        var user = uri.UserInfo.Split(':', 2);
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host, Port = uri.Port, Database = uri.AbsolutePath.TrimStart('/'), Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        }.ConnectionString;
    }

    /// <summary><c>redis://host:port</c> as a StackExchange.Redis configuration.</summary>
    public static string Redis(string address)
    {
        var uri = new Uri(address);
        return $"{uri.Host}:{uri.Port}";
    }
}
