using System.Text;
using Streams.Configuration;
using Streams.Core.Rules;
using Streams.Debezium;

namespace Streams.Processors.Tests.Normalization;

/// <summary>A small shop: definition, catalogue and envelopes for tests of the pure parts.</summary>
internal static class Changes
{
    public static readonly StreamsDefinition Definition = StreamsFile.Parse("""
        source: { prefix: shop, tables: [public.product, public.orders] }
        cache:
          rules:
            - { name: product, table: public.product, keys: ["product:{id}"], when: { columns: [name, price, category_id] } }
            - { name: lists, table: public.product, patterns: ["products:category:{category_id}:*"] }
            - { name: order, table: public.orders, keys: ["order:{id}"], patterns: ["customer:{customer_id}:orders:*"], strategy: refresh, query: "SELECT 1" }
        """);

    public static readonly TableDescription Product = new(
        "public.product",
        [
            new("id", "int8", null), new("name", "text", null), new("price", "numeric", 2), new("category_id", "int8", null), new("popularity", "int4", null),
        ],
        ["id"], DeferrablePrimaryKey: false, FullReplicaIdentity: true, Published: true);

    public static readonly TableDescription Orders = new(
        "public.orders", [new("id", "int8", null), new("customer_id", "int8", null)], ["id"], false, true, true);

    public static readonly DatabaseCatalog Catalog = new("streams_publication", [Product, Orders]);

    public static Normalizer Normalizer { get; } = new(Definition, Catalog);

    public static string Envelope(string op, string? before, string? after, string table = "product", string snapshot = "false", string xid = "4294967297") => $$"""
        {"before":{{before ?? "null"}},"after":{{after ?? "null"}},"source":{"version":"3.7.0.Final","connector":"postgresql","name":"shop","ts_ms":1700000000123,
        "snapshot":"{{snapshot}}","db":"shop","sequence":"[\"1\",\"2\"]","ts_us":1700000000123456,"ts_ns":1700000000123456000,"schema":"public","table":"{{table}}","txId":{{xid}},"lsn":24023128,"xmin":null},
        "transaction":null,"op":"{{op}}","ts_ms":1700000000200}
        """;

    public static string Row(int id, string name = "x", string price = "ZA==", int category = 1, int popularity = 0) =>
        $$"""{"id":{{id}},"name":"{{name}}","price":"{{price}}","category_id":{{category}},"popularity":{{popularity}}}""";

    public static string[] Targets(string envelope) => Targets(envelope, Normalizer);

    public static string[] Targets(string envelope, Normalizer normalizer)
    {
        return [.. normalizer.Normalize(JsonEnvelope.Decode(Encoding.UTF8.GetBytes(envelope))).Select(draft => draft.Target)];
    }
}
