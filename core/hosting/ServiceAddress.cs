namespace Streams.Hosting;

/// <summary>Section names of the settings that every service shares. As environment variables: <c>STREAMS__KAFKA__BOOTSTRAPSERVERS</c> and so on.</summary>
public static class Settings
{
    /// <summary>Root of all settings.</summary>
    public const string Root = "Streams";
}
