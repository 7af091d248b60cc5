using System.Security.Cryptography;
using System.Text;

namespace Streams.Registry.Store;

/// <summary>A version of a subject.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="Version">From 1; never given twice.</param>
/// <param name="Id">Id of the schema text, unique in the registry; never given twice.</param>
/// <param name="Text">Schema as it was registered.</param>
/// <param name="Type">AVRO.</param>
/// <param name="Deleted">Soft-deleted: still found by id, no longer by subject.</param>
public sealed record SchemaEntry(string Subject, int Version, int Id, string Text, string Type, bool Deleted)
{
    /// <summary>Name of the text in every registry: the first half of its SHA-256.</summary>
    public Guid Guid => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{Type}\n{Text}")).AsSpan(0, 16), bigEndian: true);
}
