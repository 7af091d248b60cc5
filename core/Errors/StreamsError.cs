namespace Streams.Core.Errors;

/// <summary>One entry of the error catalogue: a stable code with what went wrong and what mends it.</summary>
/// <param name="Code">Stable, of the form <c>STR1001</c>. Ranges: 1xxx configuration and rules, 2xxx capture and envelopes,
/// 3xxx Kafka, 4xxx Redis and the cache protocol, 5xxx Postgres and the HTTP API, 6xxx schemas and registry, 7xxx local stack and CLI.</param>
/// <param name="Kind">How it is treated.</param>
/// <param name="Title">Short primary message, without data.</param>
/// <param name="Remedy">What the reader can do about it.</param>
public sealed record StreamsError(string Code, ErrorKind Kind, string Title, string Remedy)
{
    /// <summary>This error as an exception.</summary>
    /// <param name="detail">What happened here: names, positions, values that are not secret.</param>
    /// <param name="inner">The cause, if an exception was.</param>
    public StreamsException With(string detail, Exception? inner = null) => new(this, detail, inner);
}
