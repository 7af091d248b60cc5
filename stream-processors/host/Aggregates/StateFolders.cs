using System.Globalization;

namespace Streams.Processors.Host.Aggregates;

/// <summary>Where the local stores of aggregates lie: <c>aggregates/{format}/{name}/{epoch}/{task}</c> below the state folder.</summary>
internal static class StateFolders
{
    // To be raised when what a store holds is written in another way: stores of another build are not read, they are built again from the log.
    private const string Format = "2";

    /// <summary>Stores of this build's format.</summary>
    public static string Root(ProcessorsOptions options) => Path.Combine(options.StateFolder, "aggregates", Format);

    /// <summary>Deletes stores of other formats, and of epochs that are not kept: retired, also by another process while this one was down.</summary>
    public static void DeleteRetired(ProcessorsOptions options, IEnumerable<long> kept)
    {
        var names = kept.Select(epoch => epoch.ToString(CultureInfo.InvariantCulture)).ToHashSet(StringComparer.Ordinal);
        Delete(Below(Path.Combine(options.StateFolder, "aggregates")).Where(folder => Path.GetFileName(folder) != Format));
        Delete(Below(Root(options)).SelectMany(Below).Where(folder => !names.Contains(Path.GetFileName(folder))));
    }

    private static string[] Below(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    private static void Delete(IEnumerable<string> folders)
    {
        foreach (var folder in folders)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
