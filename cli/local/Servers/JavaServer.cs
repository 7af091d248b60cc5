using Streams.Local.Processes;

namespace Streams.Local.Servers;

/// <summary>A server in a small JVM: heap of 512 MB by default, and flags that favour a quick start on few cores over peak speed.</summary>
public abstract class JavaServer : LocalServer
{
    private const string LogConfiguration = """
        status = warn
        appenders = console
        appender.console.type = Console
        appender.console.name = console
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %d{ISO8601} %p [%t] %c{1} %m%n
        rootLogger.level = info
        rootLogger.appenderRef.console.ref = console
        logger.config.name = org.apache.kafka.common.config
        logger.config.level = warn
        logger.utils.name = org.apache.kafka.common.utils
        logger.utils.level = warn
        logger.clients.name = org.apache.kafka.clients
        logger.clients.level = warn
        logger.reflections.name = org.reflections
        logger.reflections.level = error

        """;

    /// <inheritdoc cref="LocalServer(string, string, TimeProvider)"/>
    protected JavaServer(string name, string folder, KafkaRuntime runtime, TimeProvider? time)
        : base(name, folder, time) => Runtime = runtime;

    /// <value>Maximum heap in megabytes. Default 512.</value>
    public int HeapMegabytes { get; init; } = 512;

    /// <summary>Jars and Java.</summary>
    protected KafkaRuntime Runtime { get; }

    /// <inheritdoc/>
    protected override TimeSpan StartLimit => TimeSpan.FromSeconds(120);

    /// <summary>A Java program with its arguments, as a child that dies with us at once: both servers recover from a kill.</summary>
    protected ChildCommand Java(string main, params IEnumerable<string> arguments)
    {
        var log = InFolder("log4j2.properties");
        File.WriteAllText(log, LogConfiguration);
        // Native libraries are unpacked there, and a kill leaves them.
        var temporary = Directory.CreateDirectory(InFolder("tmp"));
        string[] all =
        [
            $"-Xmx{HeapMegabytes}m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Djava.awt.headless=true",
            "-XX:-UsePerfData", $"-Djava.io.tmpdir={temporary.FullName}", $"-Dlog4j2.configurationFile={log}", "-cp", Runtime.ClassPath, main, .. arguments,
        ];
        return new ChildCommand(Runtime.Java, all, LogPath);
    }

    /// <summary>Writes a properties file into the folder; returns its path.</summary>
    protected string WriteProperties(string name, IEnumerable<KeyValuePair<string, string>> properties)
    {
        var path = InFolder(name);
        File.WriteAllLines(path, properties.Select(property => $"{property.Key}={property.Value}"));
        return path;
    }
}
