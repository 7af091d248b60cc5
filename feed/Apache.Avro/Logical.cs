using System.Numerics;

namespace Avro;

/// <summary>Logical types as .NET values, as the package maps them: decimal, uuid, date, timestamps. Others are their base value.</summary>
internal static class Logical
{
    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    public static object FromBase(LogicalSchema schema, object value) => schema.LogicalTypeName switch
    {
        "decimal" when value is byte[] bytes => new AvroDecimal(new BigInteger(bytes, isBigEndian: true), schema.Scale),
        "decimal" when value is Generic.GenericFixed fixedBytes => new AvroDecimal(new BigInteger(fixedBytes.Value, isBigEndian: true), schema.Scale),
        "uuid" when value is string text => Guid.Parse(text),
        "date" when value is int days => Epoch.AddDays(days),
        "timestamp-millis" when value is long millis => Epoch.AddMilliseconds(millis),
        "timestamp-micros" when value is long micros => Epoch.AddTicks(checked(micros * TimeSpan.TicksPerMicrosecond)),
        "time-millis" when value is int millis => TimeSpan.FromMilliseconds(millis),
        "time-micros" when value is long micros => TimeSpan.FromTicks(checked(micros * TimeSpan.TicksPerMicrosecond)),
        _ => value,
    };

    public static object ToBase(LogicalSchema schema, object value) => (schema.LogicalTypeName, value) switch
    {
        ("decimal", AvroDecimal number) when number.Scale == schema.Scale => Decimal(schema, number),
        ("decimal", AvroDecimal number) => throw new AvroTypeException($"A decimal of scale {number.Scale} does not fit scale {schema.Scale}."),
        ("uuid", Guid id) => id.ToString(),
        ("date", DateTime day) => (int)Math.Floor((day.Date - Epoch).TotalDays),
        ("timestamp-millis", DateTime time) => FloorDivide(time.ToUniversalTime() - Epoch, TimeSpan.TicksPerMillisecond),
        ("timestamp-micros", DateTime time) => FloorDivide(time.ToUniversalTime() - Epoch, TimeSpan.TicksPerMicrosecond),
        ("time-millis", TimeSpan time) => (int)time.TotalMilliseconds,
        ("time-micros", TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond,
        _ => value,
    };

    public static Type ClrType(LogicalSchema schema) => schema.LogicalTypeName switch
    {
        "decimal" => typeof(AvroDecimal),
        "uuid" => typeof(Guid),
        "date" or "timestamp-millis" or "timestamp-micros" => typeof(DateTime),
        "time-millis" or "time-micros" => typeof(TimeSpan),
        _ => typeof(object),
    };

    private static object Decimal(LogicalSchema schema, AvroDecimal number)
    {
        var bytes = number.UnscaledValue.ToByteArray(isBigEndian: true);
        if (schema.BaseSchema is not FixedSchema fixedSchema)
        {
            return bytes;
        }

        var padded = new byte[fixedSchema.Size];
        Array.Fill(padded, number.UnscaledValue.Sign < 0 ? (byte)0xFF : (byte)0);
        bytes.CopyTo(padded, padded.Length - bytes.Length);
        return new Generic.GenericFixed(fixedSchema, padded);
    }

    private static long FloorDivide(TimeSpan span, long ticks) =>
        span.Ticks >= 0 ? span.Ticks / ticks : -((-span.Ticks + ticks - 1) / ticks);
}
