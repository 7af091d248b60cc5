using System.Text.Json.Nodes;
using Streams.Core.Aggregates;

namespace Streams.Schemas.Aggregates;

/// <summary>Avro schemas of the topic of an aggregate's late rows.</summary>
public static class LateSchema
{
    /// <summary>Fields that every record has, beside groups and window.</summary>
    public const string Partition = "streams_partition", Offset = "streams_offset", Direction = "streams_direction", RowKey = "streams_key",
        Instant = "streams_instant", Committed = "streams_committed", LateBy = "streams_late_micros", Epoch = "streams_epoch";

    /// <summary>Values of <see cref="Direction"/>.</summary>
    public const string In = "in", Out = "out";

    /// <summary>Schema of the key: change, group, window and direction, so that a repeat has the key of the first.</summary>
    public static string Key(AggregatePlan plan) => Record(plan, "Key", "A change of a window: a repeat has the same key.",
        [.. Change(), .. AggregateSchema.Columns(plan, withEnd: false), DirectionField()]);

    /// <summary>Schema of the value.</summary>
    public static string Value(AggregatePlan plan) => Record(plan, "LateRow", $"Definition {plan.Hash}",
    [
        .. AggregateSchema.Columns(plan, withEnd: true),
        DirectionField(),
        AggregateSchema.Field(RowKey, "string", "Primary key of the row: the text of the column, or a JSON array of texts for several."),
        AggregateSchema.Field(Instant, AggregateSchema.Logical("long", "timestamp-micros"), "The row's instant; of one that goes out, as it was."),
        AggregateSchema.Field(Committed, AggregateSchema.Logical("long", "timestamp-micros"), "Commit time of the change, the source's clock."),
        AggregateSchema.Field(LateBy, "long", "Microseconds from the window's end and grace to the commit."),
        .. Change(),
        AggregateSchema.Field(Epoch, "long", "Epoch of the aggregate that met it."),
    ]);

    private static IEnumerable<JsonObject> Change() =>
    [
        AggregateSchema.Field(Partition, "int", "Partition of the table's topic."),
        AggregateSchema.Field(Offset, "long", "Offset of the change there."),
    ];

    private static JsonObject DirectionField() => AggregateSchema.Field(Direction, "string", "in: the row went into the window; out: it went out of it, or was changed in it.");

    private static string Record(AggregatePlan plan, string name, string doc, IEnumerable<JsonObject> fields) =>
        AggregateSchema.Record(AggregateTopics.Late(plan.Name), name, doc, fields).ToJsonString();
}
