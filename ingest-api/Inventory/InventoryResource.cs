using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Problems;
using Streams.IngestApi.Resources;

namespace Streams.IngestApi.Inventory;

/// <summary>Inventory levels: keyed by product and store, which a change cannot move.</summary>
internal sealed class InventoryResource() : Resource<InventoryInput, InventoryLevel>(new ResourceTable(
    "inventory", "public.inventory", ["product_id", "store_id"], [new("product_id", "bigint"), new("store_id", "bigint"), new("quantity", "integer")]))
{
    /// <inheritdoc/>
    public override Task<WrittenRow> UpdateAsync(WriteSession session, ResourceKey key, InventoryInput row) =>
        key.Values[0] == row.ProductId && key.Values[1] == row.StoreId
            ? base.UpdateAsync(session, key, row)
            : throw ApiErrors.BadValue.With(
                "The body names another inventory level than the path.",
                [new FieldError("/product_id", "value", "Must be as in the path."), new FieldError("/store_id", "value", "Must be as in the path.")]);
}
