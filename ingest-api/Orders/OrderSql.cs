using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Orders;

/// <summary>Statements on an order with its lines.</summary>
internal static class OrderSql
{
    /// <summary>An order of alias <c>t</c> as JSON: the same bytes as the query of the rule <c>order</c> in streams.yaml gives.</summary>
    public static readonly string Body = $"""
        json_build_object(
          'id', t.id, 'version', t.version, 'customer_id', t.customer_id, 'status', t.status, 'total', t.total,
          'items', (SELECT coalesce(json_agg(json_build_object(
              'id', i.id, 'product_id', i.product_id, 'quantity', i.quantity, 'unit_price', i.unit_price) ORDER BY i.id), '[]'::json)
            FROM public.order_item i WHERE i.order_id = t.id),
          'payments', (SELECT coalesce(json_agg(json_build_object(
              'id', y.id, 'amount', y.amount, 'method', y.method, 'status', y.status) ORDER BY y.id), '[]'::json)
            FROM public.payment y WHERE y.order_id = t.id),
          {ResourceTable.Instant("created_at")}, {ResourceTable.Instant("updated_at")})
        """;

    /// <summary>Inserts the orders of @rows; their ids, in order.</summary>
    public const string InsertOrders = """
        INSERT INTO public.orders (customer_id, status)
        SELECT customer_id, status
        FROM ROWS FROM (json_to_recordset(@rows::json) AS (customer_id bigint, status text)) WITH ORDINALITY AS r (customer_id, status, position)
        ORDER BY position RETURNING id
        """;

    /// <summary>Inserts the lines of @rows for the orders @ids. A product that is not there leaves its line to the foreign key.</summary>
    public const string InsertItems = """
        INSERT INTO public.order_item (order_id, product_id, quantity, unit_price)
        SELECT (@ids::bigint[])[o.position], i.product_id, i.quantity, coalesce(i.unit_price, p.price, 0)
        FROM ROWS FROM (json_to_recordset(@rows::json) AS (items json)) WITH ORDINALITY AS o (items, position)
        CROSS JOIN LATERAL ROWS FROM (
          json_to_recordset(CASE json_typeof(o.items) WHEN 'array' THEN o.items ELSE '[]' END) AS (product_id bigint, quantity integer, unit_price numeric)
        ) WITH ORDINALITY AS i (product_id, quantity, unit_price, line)
        LEFT JOIN public.product p ON p.id = i.product_id
        ORDER BY o.position, i.line
        """;

    /// <summary>Representations of the orders @ids, in their order.</summary>
    public static readonly string ReadMany = $"""
        SELECT {Body}::text AS body, t.id::text AS path
        FROM unnest(@ids::bigint[]) WITH ORDINALITY AS wanted (id, position) JOIN public.orders t USING (id) ORDER BY wanted.position
        """;

    /// <summary>Locks an order; its lines are read by a later statement, which sees what the lock waited for.</summary>
    public const string Lock = "SELECT version FROM public.orders WHERE id = @id::bigint FOR NO KEY UPDATE";

    /// <summary>Replaces the order's own columns.</summary>
    public const string Update = "UPDATE public.orders SET customer_id = @customer, status = @status WHERE id = @id";

    /// <summary>Lines as they are.</summary>
    public const string Items = "SELECT product_id, quantity, unit_price FROM public.order_item WHERE order_id = @id ORDER BY id";

    /// <summary>Removes all lines.</summary>
    public const string DeleteItems = "DELETE FROM public.order_item WHERE order_id = @id";
}
