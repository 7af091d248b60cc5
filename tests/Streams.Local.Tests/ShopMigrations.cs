using System.Globalization;
using Streams.Fixtures;
using Streams.Postgres;

namespace Streams.Local.Tests;

/// <summary>The shop's tables and publication, from the files themselves.</summary>
internal static class ShopMigrations
{
    public static MigrationSet Set { get; } = new("shop",
    [
        .. Directory.GetFiles(Repository.PathOf("ingest-api", "migrations"), "*.sql").Order(StringComparer.Ordinal)
            .Select(file => new Migration(NumberOf(file), Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))),
    ]);

    private static int NumberOf(string file) => int.Parse(Path.GetFileName(file).Split('-')[0], CultureInfo.InvariantCulture);
}
