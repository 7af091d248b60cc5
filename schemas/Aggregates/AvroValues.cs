using Avro;
using Confluent.SchemaRegistry;
using Streams.Core.Values;
using Streams.Schemas.Serdes;

namespace Streams.Schemas.Aggregates;

/// <summary>What the topics of aggregates have in common: values of SQL in Avro, and how their schemas are registered.</summary>
internal static class AvroValues
{
    /// <summary>Registers both schemas of a topic. The declaration says what a row is, so that a new one may replace the old as it likes.</summary>
    public static Task RegisterAsync(ISchemaRegistryClient registry, string topic, RecordSchema key, RecordSchema value) => AvroGuard.RunAsync(async () =>
    {
        foreach (var (subject, schema) in new[] { ($"{topic}-key", key), ($"{topic}-value", value) })
        {
            await registry.UpdateCompatibilityAsync(Compatibility.None, subject);
            await registry.RegisterSchemaAsync(subject, new Confluent.SchemaRegistry.Schema(schema.ToString(), SchemaType.Avro));
        }

        return true;
    });

    /// <summary>A value of a column as Avro holds it.</summary>
    public static object? ToAvro(SqlValue value, SqlType type) => value.Kind switch
    {
        SqlKind.Null => null,
        SqlKind.Boolean => value.IsTrue,
        SqlKind.Integer when type.Kind == SqlKind.Integer => value.Number,
        SqlKind.Numeric when type.Kind == SqlKind.Integer => throw new OverflowException($"{value} is no bigint."),
        SqlKind.Date or SqlKind.Timestamp or SqlKind.TimestampTz => Instant(value.Micros),
        SqlKind.Text when type.Name == "uuid" => Guid.Parse(value.Text),
        _ => value.ToText(),
    };

    /// <summary>A value of a column from what Avro holds.</summary>
    public static SqlValue FromAvro(object? value, SqlType type) => value switch
    {
        null => SqlValue.Null,
        bool truth => SqlValue.Of(truth),
        int number => SqlValue.Of(number),
        long number => SqlValue.Of(number),
        DateTime time when type.Kind == SqlKind.Date => SqlValue.Time(type.Kind, (time - DateTime.UnixEpoch).Days),
        DateTime time => SqlValue.Time(type.Kind, Micros(time)!.Value),
        Guid id => SqlValue.Of(id.ToString()),
        string text when type.Kind == SqlKind.Numeric => SqlValue.Of(PgNumeric.Parse(text)),
        string text => SqlValue.Of(text),
        _ => throw new InvalidCastException($"{value.GetType().Name} for {type.Name}."),
    };

    /// <summary>Microseconds since 1970 as timestamp-micros takes them.</summary>
    public static DateTime Instant(long micros) => DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds since 1970 from a timestamp-micros.</summary>
    public static long? Micros(object? value) => value is DateTime time ? (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : null;
}
