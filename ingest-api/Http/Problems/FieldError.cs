namespace Streams.IngestApi.Http.Problems;

/// <summary>One entry of <c>errors[]</c> in a problem.</summary>
/// <param name="Pointer">JSON Pointer (RFC 6901) into the request body; empty = the whole body.</param>
/// <param name="Code">Stable word: unknown, required, null, type, value, read_only, duplicate, missing_row.</param>
/// <param name="Detail">One sentence.</param>
public sealed record FieldError(string Pointer, string Code, string Detail);
