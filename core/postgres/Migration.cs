using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Streams.Postgres;

/// <summary>One numbered SQL file: <c>010-shop.sql</c>.</summary>
/// <param name="Number">Order of application, unique in its set.</param>
/// <param name="Name">File name without extension.</param>
/// <param name="Sql">Its text; applied in one transaction.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text, line ends normalized, in lower-case hex.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
}

/// <summary>A set of migrations with one numbering. Several sets may live in one database.</summary>
/// <param name="Name">Name of the set, part of the record in <c>streams.schema_migration</c>.</param>
/// <param name="Migrations">In ascending order.</param>
public sealed record MigrationSet(string Name, IReadOnlyList<Migration> Migrations)
{
    /// <summary>All embedded resources of an assembly that lie in a folder <c>migrations</c> and end in <c>.sql</c>.</summary>
    /// <exception cref="FormatException">A file name does not begin with a number, or a number occurs twice.</exception>
    public static MigrationSet Embedded(string name, Assembly assembly)
    {
        const string folder = ".migrations.";
        var migrations = assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(folder, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => Read(assembly, resource, resource[(resource.IndexOf(folder, StringComparison.Ordinal) + folder.Length)..^4]))
            .OrderBy(migration => migration.Number)
            .ToList();
        var twice = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? new MigrationSet(name, migrations) : throw new FormatException($"Two migrations of '{name}' have number {twice.Key}.");
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        var digits = name.TakeWhile(char.IsAsciiDigit).Count();
        if (!int.TryParse(name.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException($"Migration '{name}.sql' does not begin with a number.");
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return new Migration(number, name, reader.ReadToEnd());
    }
}
