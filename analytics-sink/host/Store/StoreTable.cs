using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Host.Store;

/// <summary>The table of one definition.</summary>
/// <param name="Id">In <c>analytics.streams_table</c>.</param>
/// <param name="Relation">Its name.</param>
/// <param name="Shape">Its columns.</param>
internal sealed record StoreTable(long Id, string Relation, AggregateShape Shape);
