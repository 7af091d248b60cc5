using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Streams.IngestApi.Http;

/// <summary>
/// Strong entity tags (RFC 9110 section 8.8.3). A resource's tag is its row version, which the database changes with every write of the row;
/// a list has none, so its tag is a digest of its bytes.
/// </summary>
internal static class EntityTag
{
    private const int DigestBytes = 12;

    /// <summary>Tag of a row version.</summary>
    public static string OfVersion(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Tag of a body: of its top-level <c>version</c>, else of its bytes.</summary>
    public static string OfBody(ReadOnlySpan<byte> json) =>
        VersionOf(json) is { } version ? OfVersion(version) : $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, DigestBytes))}\"";

    private static long? VersionOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("version"u8);
            reader.Read();
            if (found)
            {
                return reader.GetInt64();
            }

            reader.Skip();
        }

        return null;
    }
}
