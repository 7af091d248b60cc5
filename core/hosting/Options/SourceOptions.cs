namespace Streams.Hosting.Options;

/// <summary>Where the changes come from. Environment: <c>STREAMS__SOURCE__…</c>.</summary>
public sealed class SourceOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Streams:Source";

    /// <value>Replication slot of the source. It must be there before anything is cached, its loss begins a new epoch, and it tells aggregates how far the source has come. Default empty: not looked at.</value>
    public string SlotName { get; set; } = "";
}
