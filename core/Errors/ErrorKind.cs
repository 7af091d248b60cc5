namespace Streams.Core.Errors;

/// <summary>How a failure is treated. The three kinds are never mixed; see docs/reference/errors.md.</summary>
public enum ErrorKind
{
    /// <summary>Data of the protocol or of the user's request: answered to the caller, never retried by us.</summary>
    Result,

    /// <summary>An operating fault that passes by itself: retried within a bounded budget.</summary>
    Transient,

    /// <summary>An operating fault that needs a person: authentication, missing objects, bad configuration.</summary>
    Permanent,

    /// <summary>One record that can never be processed: parked with its cause, the pipeline goes on.</summary>
    Poison,

    /// <summary>Something that this code holds to be impossible: the host stops.</summary>
    Invariant,
}
