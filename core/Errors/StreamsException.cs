namespace Streams.Core.Errors;

/// <summary>A failure with an entry in the error catalogue.</summary>
public sealed class StreamsException(StreamsError error, string detail, Exception? inner = null)
    : Exception($"{error.Code}: {error.Title}. {detail} Remedy: {error.Remedy}", inner)
{
    /// <summary>The catalogue entry.</summary>
    public StreamsError Error { get; } = error;

    /// <summary>What happened this time.</summary>
    public string Detail { get; } = detail;
}
