namespace Streams.Registry.Store;

/// <summary>Which versions of a subject a new one must be compatible with, and in which direction. Names are Confluent's.</summary>
public enum CompatibilityLevel
{
    /// <summary>Nothing is checked.</summary>
    NONE,

    /// <summary>The new schema reads what the latest wrote. The default.</summary>
    BACKWARD,

    /// <summary>The new schema reads what every version wrote.</summary>
    BACKWARD_TRANSITIVE,

    /// <summary>The latest reads what the new schema writes.</summary>
    FORWARD,

    /// <summary>Every version reads what the new schema writes.</summary>
    FORWARD_TRANSITIVE,

    /// <summary>Both directions with the latest.</summary>
    FULL,

    /// <summary>Both directions with every version.</summary>
    FULL_TRANSITIVE,
}

/// <summary>What may be done to a subject, or to all of them. Names are Confluent's.</summary>
public enum RegistryMode
{
    /// <summary>Everything. The default.</summary>
    READWRITE,

    /// <summary>Schemas are only read.</summary>
    READONLY,

    /// <summary>As READONLY, whatever the subject's own mode says.</summary>
    READONLY_OVERRIDE,

    /// <summary>Schemas come with id and version, and are not checked for compatibility.</summary>
    IMPORT,
}

/// <summary>What the levels mean.</summary>
public static class CompatibilityLevels
{
    /// <summary>Whether all versions count, not only the latest.</summary>
    public static bool IsTransitive(this CompatibilityLevel level) =>
        level is CompatibilityLevel.BACKWARD_TRANSITIVE or CompatibilityLevel.FORWARD_TRANSITIVE or CompatibilityLevel.FULL_TRANSITIVE;

    /// <summary>Whether the new schema must read old data.</summary>
    public static bool ReadsOld(this CompatibilityLevel level) =>
        level is CompatibilityLevel.BACKWARD or CompatibilityLevel.BACKWARD_TRANSITIVE or CompatibilityLevel.FULL or CompatibilityLevel.FULL_TRANSITIVE;

    /// <summary>Whether old schemas must read new data.</summary>
    public static bool ReadByOld(this CompatibilityLevel level) =>
        level is CompatibilityLevel.FORWARD or CompatibilityLevel.FORWARD_TRANSITIVE or CompatibilityLevel.FULL or CompatibilityLevel.FULL_TRANSITIVE;
}
