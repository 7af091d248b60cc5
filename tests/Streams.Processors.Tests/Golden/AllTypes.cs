using System.Text;
using System.Text.Json.Nodes;
using Streams.Core.Rules;
using Streams.Debezium;

namespace Streams.Processors.Tests.Golden;

/// <summary>The table with a column of every type that templates take, and the check that a record's text is Postgres' own.</summary>
internal static class AllTypes
{
    public const string Table = """
        CREATE TABLE all_types (
            id bigint PRIMARY KEY, i2 smallint, i4 integer, t text, v varchar(20), c char(6), u uuid, b boolean,
            n numeric(12,2), n0 numeric(9), nv numeric, d date, ts timestamp, ts3 timestamp(3), tz timestamptz, big text);
        ALTER TABLE all_types REPLICA IDENTITY FULL;
        ALTER TABLE all_types ALTER COLUMN big SET STORAGE EXTERNAL;
        """;

    public static readonly TableDescription Description = new(
        "public.all_types",
        [
            new("id", "int8", null), new("i2", "int2", null), new("i4", "int4", null), new("t", "text", null), new("v", "varchar", null),
            new("c", "bpchar", null), new("u", "uuid", null), new("b", "bool", null), new("n", "numeric", 2), new("n0", "numeric", 0),
            new("nv", "numeric", null), new("d", "date", null), new("ts", "timestamp", null), new("ts3", "timestamp", 3), new("tz", "timestamptz", null),
            new("big", "text", null),
        ],
        ["id"], DeferrablePrimaryKey: false, FullReplicaIdentity: true, Published: true);

    /// <summary>Steps: name, statement, and the id of the row that it concerns.</summary>
    public static readonly (string Name, string Sql, long Id)[] Script =
    [
        ("insert", """
            INSERT INTO all_types VALUES (1, -32768, 2147483647, E'a:b*ä\n"', ' x ', 'ab', '00112233-4455-6677-8899-aabbccddeeff', true,
            -0.01, 7, 12345.6789, '2024-02-29', '2024-02-29 12:34:56.789012', '2024-02-29 12:34:56.780', '2024-02-29 12:34:56.5+02', repeat('x', 9000))
            """, 1),
        ("nulls", "INSERT INTO all_types (id) VALUES (2)", 2),
        ("extremes", """
            INSERT INTO all_types VALUES (-9223372036854775808, 32767, -2147483648, '', '', '', '00000000-0000-0000-0000-000000000000', false,
            9999999999.99, 0, 0.0000000001, '0001-01-01', '0001-01-01 00:00:00', '3000-01-01 00:00:00', '0001-01-01 00:00:00+00', '')
            """, long.MinValue),
        ("update with unchanged TOAST", "UPDATE all_types SET n = 100, t = 'b' WHERE id = 1", 1),
        ("update to null", "UPDATE all_types SET t = NULL, ts = NULL WHERE id = 1", 1),
        ("key change", "UPDATE all_types SET id = 3 WHERE id = 2", 3),
        ("delete", "DELETE FROM all_types WHERE id = 1", 1),
        ("truncate", "TRUNCATE all_types", 0),
    ];

    public static ChangeEvent Decode(JsonNode envelope) => JsonEnvelope.Decode(Encoding.UTF8.GetBytes(envelope.ToJsonString()));

    public static void AssertText(Dictionary<string, string?>? expected, IRowImage? row, string step)
    {
        Assert.Equal(expected is null, row is null);
        foreach (var (name, text) in expected ?? [])
        {
            // The placeholder of a value that was not sent: the normalizer takes it from the other row.
            if (row!.Has(name))
            {
                Assert.True(text == row.Text(Description.Column(name)!), $"{step}: {name} is '{text}' in Postgres and '{row.Text(Description.Column(name)!)}' here");
            }
        }
    }
}
