using System.Security.Cryptography;
using System.Text;

namespace Streams.Registry.Store;

/// <summary>A schema that another one takes types from.</summary>
/// <param name="Name">Name of the type.</param>
/// <param name="Subject">Subject of its schema.</param>
/// <param name="Version">Version in that subject.</param>
public sealed record SchemaReference(string Name, string Subject, int Version);

/// <summary>A schema's canonical text with its references: what an id stands for.</summary>
/// <param name="Text">Canonical text.</param>
/// <param name="References">Schemas it takes types from.</param>
public sealed record SchemaContent(string Text, IReadOnlyList<SchemaReference> References)
{
    /// <summary>Made of the content alone, so every registry gives the same one (a version 8 UUID from SHA-256).</summary>
    public Guid Guid { get; } = GuidOf(Text, References);

    /// <summary>The same content.</summary>
    public bool Equals(SchemaContent? other) => other is not null && other.Guid == Guid;

    /// <inheritdoc/>
    public override int GetHashCode() => Guid.GetHashCode();

    private static Guid GuidOf(string text, IReadOnlyList<SchemaReference> references)
    {
        var whole = string.Join('\n', [text, .. references.Select(reference => $"{reference.Name}\t{reference.Subject}\t{reference.Version}")]);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(whole))[..16];
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}

/// <summary>A schema in its place.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Version">From 1, without reuse while the subject exists.</param>
/// <param name="Id">From 1, the same for the same content in every subject; never reused.</param>
/// <param name="Content">The schema.</param>
/// <param name="Deleted">Hidden, but still known to those who have its id.</param>
public sealed record SchemaVersion(string Subject, int Version, int Id, SchemaContent Content, bool Deleted);
