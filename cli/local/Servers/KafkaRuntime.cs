using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>The jars of Kafka, Connect and Debezium with the Java that runs them, as <c>scripts/kafka-runtime.sh</c> lays them out.</summary>
/// <param name="Folder">Folder with <c>kafka/*.jar</c> and <c>plugins/debezium-connector-postgres/*.jar</c>.</param>
/// <param name="Java">The <c>java</c> program.</param>
public sealed record KafkaRuntime(string Folder, string Java)
{
    /// <summary>Environment variable that names the folder when it is not <c>.streams/kafka-runtime</c> of the repository.</summary>
    public const string Variable = "STREAMS_KAFKA_RUNTIME";

    /// <summary>Class path of broker, tools and worker.</summary>
    public string ClassPath => Path.Combine(Folder, "kafka", "*");

    /// <summary>Connect's <c>plugin.path</c>.</summary>
    public string Plugins => Path.Combine(Folder, "plugins");

    /// <summary>The runtime, or null when the jars or Java are missing; <see cref="WhyMissing"/> tells.</summary>
    public static KafkaRuntime? Locate() =>
        FindFolder() is { } folder && Programs.Find("java") is { } java ? new KafkaRuntime(folder, java) : null;

    /// <summary>The runtime; STR7010 when it is missing.</summary>
    public static KafkaRuntime Require() => Locate() ?? throw LocalErrors.RuntimeMissing.With(WhyMissing());

    /// <summary>What is missing, in one sentence.</summary>
    public static string WhyMissing() => Programs.Find("java") is null
        ? "java is not installed (Debian package openjdk-17-jre-headless)."
        : $"No .streams/kafka-runtime at or above {Environment.CurrentDirectory} and {AppContext.BaseDirectory}.";

    // The stamp is written last, so a folder that has it is whole.
    private static string? FindFolder() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set
            ? (File.Exists(Path.Combine(set, "stamp")) ? Path.GetFullPath(set) : null)
            : AtOrAbove(Environment.CurrentDirectory).Concat(AtOrAbove(AppContext.BaseDirectory))
                .Select(folder => Path.Combine(folder, ".streams", "kafka-runtime"))
                .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "stamp")));

    private static IEnumerable<string> AtOrAbove(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}
