using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Paging;

/// <summary>
/// Which page of a list: at most <see cref="Limit"/> rows whose key is above <see cref="After"/>. Pages follow the key, so rows that are added
/// or removed meanwhile neither repeat nor hide others.
/// </summary>
/// <param name="List">Name of the list; a cursor of one list is not taken by another.</param>
/// <param name="Limit">1 … <see cref="MaxLimit"/>.</param>
/// <param name="After">Key columns of the last row seen; zeros at the start.</param>
internal sealed record PageRequest(string List, int Limit, IReadOnlyList<long> After)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>Parses the query string.</summary>
    /// <param name="request">Request.</param>
    /// <param name="list">Name of the list.</param>
    /// <param name="keyColumns">Number of key columns.</param>
    public static PageRequest Parse(HttpRequest request, string list, int keyColumns)
    {
        var (limit, cursor) = (request.Query["limit"], request.Query["cursor"]);
        var size = DefaultLimit;
        if (limit.Count > 0 && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > MaxLimit))
        {
            throw ApiErrors.BadPage.With($"limit is '{limit}'.");
        }

        return new PageRequest(list, size, cursor.Count == 0 ? new long[keyColumns] : Decode(cursor.ToString(), list, keyColumns));
    }

    /// <summary>The Link header for the page that follows, or null at the end.</summary>
    /// <param name="request">Request.</param>
    /// <param name="pageJson">The page; its first member is <c>next</c>.</param>
    public string? LinkToNext(HttpRequest request, ReadOnlySpan<byte> pageJson)
    {
        var reader = new Utf8JsonReader(pageJson);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("next"u8))
            {
                reader.Read();
                var next = reader.GetString();
                return next is null ? null : string.Create(CultureInfo.InvariantCulture, $"<{request.Path}?limit={Limit}&cursor={next}>; rel=\"next\"");
            }
        }

        return null;
    }

    /// <summary>Parameters for the statements of <see cref="PageSql"/>.</summary>
    public DynamicParameters Parameters()
    {
        var parameters = new DynamicParameters();
        parameters.Add("limit", Limit);
        for (var i = 0; i < After.Count; i++)
        {
            parameters.Add(string.Create(CultureInfo.InvariantCulture, $"after{i}"), After[i]);
        }

        return parameters;
    }

    private static long[] Decode(string cursor, string list, int keyColumns)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            if (text.StartsWith(list + ":", StringComparison.Ordinal))
            {
                var key = text[(list.Length + 1)..].Split(',').Select(part => long.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture)).ToArray();
                if (key.Length == keyColumns)
                {
                    return key;
                }
            }
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            throw ApiErrors.BadPage.With($"'{Shown(cursor)}' is not a cursor.", inner: exception);
        }

        throw ApiErrors.BadPage.With($"'{Shown(cursor)}' is not a cursor of this list.");
    }

    private static string Shown(string cursor) => cursor.Length > 64 ? cursor[..64] + "…" : cursor;
}
