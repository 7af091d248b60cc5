using System.Text.Json;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Body;
using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Orders;

/// <summary>Orders are written with their lines in one transaction.</summary>
internal sealed class OrderResource() : Resource<OrderInput, Order>(new ResourceTable(
    "orders", "public.orders", ["id"], [new("customer_id", "bigint"), new("status", "text")], OrderSql.Body))
{
    /// <inheritdoc/>
    public override async Task<IReadOnlyList<WrittenRow>> InsertAsync(WriteSession session, IReadOnlyList<OrderInput> rows)
    {
        var json = JsonSerializer.Serialize(rows, ApiJson.Options);
        var ids = (await session.ListAsync<long>(OrderSql.InsertOrders, new { rows = json })).ToArray();
        await session.ExecuteAsync(OrderSql.InsertItems, new { ids, rows = json });
        return await session.ListAsync<WrittenRow>(OrderSql.ReadMany, new { ids });
    }

    /// <inheritdoc/>
    public override async Task<WrittenRow> UpdateAsync(WriteSession session, ResourceKey key, OrderInput row)
    {
        var id = key.Values[0];
        await session.ExecuteAsync(OrderSql.Update, new { id, customer = row.CustomerId, status = row.Status });
        if (row.Items is { } wanted && !Same(wanted, await session.ListAsync<Line>(OrderSql.Items, new { id })))
        {
            await session.ExecuteAsync(OrderSql.DeleteItems, new { id });
            await session.ExecuteAsync(OrderSql.InsertItems, new { ids = new[] { id }, rows = JsonSerializer.Serialize(new[] { row }, ApiJson.Options) });
        }

        return await session.SingleAsync<WrittenRow>(OrderSql.ReadMany, new { ids = new[] { id } });
    }

    /// <inheritdoc/>
    public override async Task<LockedRow?> LockAsync(WriteSession session, ResourceKey key) =>
        await session.OptionalAsync<long?>(OrderSql.Lock, key.Parameters()) is { } version
            ? new LockedRow((await session.SingleAsync<string>(Table.ReadSql, key.Parameters())), version)
            : null;

    /// <summary>Lines that are sent back as they were read keep their ids.</summary>
    private static bool Same(IReadOnlyList<OrderItemInput> wanted, IReadOnlyList<Line> present) =>
        wanted.Count == present.Count && wanted.Zip(present).All(pair =>
            pair.First.ProductId == pair.Second.ProductId
            && pair.First.Quantity == pair.Second.Quantity
            && (pair.First.UnitPrice ?? pair.Second.UnitPrice) == pair.Second.UnitPrice);

    private sealed record Line(long ProductId, int Quantity, decimal UnitPrice);
}
