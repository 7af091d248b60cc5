using System.Text.Json.Nodes;
using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Schemas.Aggregates;

/// <summary>
/// Avro schemas of an aggregate's topic, made from its plan. Numeric is a string in Postgres' notation: exact at any size, with NaN and the infinities.
/// Every column is nullable with default null, so that a reader of yesterday's rows survives a measure more.
/// </summary>
public static class AggregateSchema
{
    /// <summary>Fields that every value has, after groups, window and measures.</summary>
    public const string Empty = "streams_empty", Final = "streams_final", Epoch = "streams_epoch", Revision = "streams_revision",
        AsOfLsn = "streams_as_of_lsn", AsOf = "streams_as_of", Offsets = "streams_offsets";

    /// <summary>Fields of the window.</summary>
    public const string WindowStart = "window_start", WindowEnd = "window_end";

    /// <summary>Schema of the key: groups and the window's start.</summary>
    public static string Key(AggregatePlan plan) => Record(AggregateTopics.Output(plan.Name), "Key", "Groups and the window's start.", Columns(plan, withEnd: false)).ToJsonString();

    /// <summary>
    /// Schema of the value. Its doc says which definition a record was written under: two of them may have the same fields. The key's schema does
    /// not, or its id, which is part of the key, would hide the records of one definition from those of the next.
    /// </summary>
    public static string Value(AggregatePlan plan) => Record(AggregateTopics.Output(plan.Name), "Row", $"Definition {plan.Hash}",
    [
        .. Columns(plan, withEnd: true),
        .. plan.Measures.Select(measure => Nullable(measure.Name, measure.Kind == MeasureKind.Top ? Top(plan, measure) : TypeOf(measure.Type))),
        Field(Empty, "boolean", "SQL gives no row for this group any more."),
        Field(Final, "boolean", "No more rows are expected (advisory)."),
        Field(Epoch, "long", "Accept a row iff (streams_epoch, streams_revision, streams_final) is higher than what is held for the key."),
        Field(Revision, "long", "See streams_epoch."),
        Nullable(AsOfLsn, "long"),
        Nullable(AsOf, Logical("long", "timestamp-micros")),
        Field(Offsets, new JsonObject { ["type"] = "array", ["items"] = "long" }, "Per partition of the table's topic: every record below this offset is contained."),
    ]).ToJsonString();

    /// <summary>Type of a column.</summary>
    internal static JsonNode TypeOf(SqlType type) => type.Kind switch
    {
        SqlKind.Boolean => "boolean",
        SqlKind.Integer => "long",
        SqlKind.Date => Logical("int", "date"),
        // A timestamp without zone is the same number, taken as UTC: not every reader knows local-timestamp-micros.
        SqlKind.Timestamp => Logical("long", "timestamp-micros"),
        SqlKind.TimestampTz => Logical("long", "timestamp-micros"),
        SqlKind.Text when type.Name == "uuid" => Logical("string", "uuid"),
        _ => "string",
    };

    /// <summary>Groups and the window.</summary>
    internal static IEnumerable<JsonObject> Columns(AggregatePlan plan, bool withEnd)
    {
        foreach (var group in plan.Groups)
        {
            yield return Nullable(group.Name, TypeOf(group.Expression.Type));
        }

        if (plan.Window is not null)
        {
            yield return Field(WindowStart, Logical("long", "timestamp-micros"), plan.HasSessions ? "First row of the session." : "First instant of the window.");
            if (withEnd)
            {
                yield return Field(WindowEnd, Logical("long", "timestamp-micros"), plan.HasSessions ? "Last row of the session." : "End of the window.");
            }
        }
    }

    private static JsonObject Top(AggregatePlan plan, Measure measure) => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["type"] = "record",
            ["name"] = $"{plan.Name}_{measure.Name}_entry",
            ["fields"] = new JsonArray(new JsonObject { ["name"] = "value", ["type"] = TypeOf(measure.Type) }, new JsonObject { ["name"] = "key", ["type"] = "string" }),
        },
    };

    internal static JsonObject Record(string topic, string name, string doc, IEnumerable<JsonObject> fields) => new()
    {
        ["type"] = "record",
        ["name"] = name,
        ["namespace"] = topic,
        ["doc"] = doc,
        ["fields"] = new JsonArray([.. fields]),
    };

    internal static JsonObject Field(string name, JsonNode type, string doc) => new() { ["name"] = name, ["type"] = type, ["doc"] = doc };

    internal static JsonObject Nullable(string name, JsonNode type) => new() { ["name"] = name, ["type"] = new JsonArray("null", type), ["default"] = null };

    internal static JsonObject Logical(string type, string logical) => new() { ["type"] = type, ["logicalType"] = logical };
}
