using Microsoft.AspNetCore.Http;
using Streams.AnalyticsSink.Reading;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Host.Http;

/// <summary>The table of an aggregate that is served, as of one snapshot of the store.</summary>
/// <param name="Shape">Its columns.</param>
/// <param name="Relation">Its name.</param>
/// <param name="Epoch">Epoch that is whole; null: none yet.</param>
/// <param name="AsOf">Clock of the source at <paramref name="AsOfLsn"/>; null: not known yet.</param>
/// <param name="AsOfLsn">It contains every commit up to this WAL position; null: not known yet.</param>
/// <param name="Limits">Of its changes.</param>
internal sealed record ServedTable(AggregateShape Shape, string Relation, long? Epoch, string? AsOf, string? AsOfLsn, ChangeLimits Limits)
{
    public const string AsOfHeader = "Streams-As-Of", AsOfLsnHeader = "Streams-As-Of-Lsn", Unknown = "unknown";

    /// <summary>Says in headers as of when an answer is.</summary>
    public void WriteHeaders(HttpResponse response)
    {
        response.Headers[AsOfHeader] = AsOf ?? Unknown;
        response.Headers[AsOfLsnHeader] = AsOfLsn ?? Unknown;
        response.Headers.CacheControl = "no-cache";
    }
}
