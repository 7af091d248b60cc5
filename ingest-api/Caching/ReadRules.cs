using Streams.Cache.Reading;
using Streams.Core.Rules;
using Streams.IngestApi.Http.Paging;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Caching;

/// <summary>Something that is read through the cache: what it is called there, and how it is read.</summary>
internal sealed record CachedTarget(CacheEntry Entry, CacheQuery Query);

/// <summary>
/// The rules of <c>streams.yaml</c> that the API reads through: what it caches under and what is invalidated are then the same by construction.
/// </summary>
internal sealed class ReadRules
{
    private readonly CacheRule _product;
    private readonly CacheRule _order;
    private readonly CacheRule _productLists;
    private readonly CacheRule _customerOrders;

    /// <summary>Looks the rules up.</summary>
    /// <exception cref="Core.Errors.StreamsException">STR5160: one is missing, or has no key, pattern or query.</exception>
    public ReadRules(StreamsDefinition definition)
    {
        _product = Keyed(definition, "product");
        _order = Keyed(definition, "order");
        _productLists = Patterned(definition, "product-lists");
        _customerOrders = Patterned(definition, "customer-orders");
    }

    /// <summary>One product.</summary>
    public CachedTarget Product(long id) => Single(_product, id);

    /// <summary>One order.</summary>
    public CachedTarget Order(long id) => Single(_order, id);

    /// <summary>A page of a category's products.</summary>
    public CachedTarget ProductsOf(long category, PageRequest page, string sql) => List(_productLists, category, page, sql);

    /// <summary>A page of a customer's orders.</summary>
    public CachedTarget OrdersOf(long customer, PageRequest page, string sql) => List(_customerOrders, customer, page, sql);

    private static CachedTarget Single(CacheRule rule, long id)
    {
        var template = rule.Keys[0];
        var text = Invariant(id);
        return new CachedTarget(
            CacheEntries.ForKey(rule, template, _ => text),
            new CacheQuery(rule.Query!, [.. template.Columns.Select(column => (column, (object)id))]));
    }

    private static CachedTarget List(CacheRule rule, long owner, PageRequest page, string sql)
    {
        var text = Invariant(owner);
        return new CachedTarget(
            CacheEntries.ForPattern(rule, rule.Patterns[0], _ => text, $"{Invariant(page.Limit)}:{Invariant(page.After[0])}"),
            new CacheQuery(sql, [("id", owner), ("limit", page.Limit), ("after0", page.After[0])]));
    }

    private static CacheRule Keyed(StreamsDefinition definition, string name) =>
        Find(definition, name) is { Keys: [{ Columns.Length: 1 }, ..], Query: not null } rule
            ? rule
            : throw ApiErrors.MissingRule.With($"Rule '{name}' with a key of one column and a query.");

    private static CacheRule Patterned(StreamsDefinition definition, string name) =>
        Find(definition, name) is { Patterns: [{ Columns.Length: 1 }, ..] } rule
            ? rule
            : throw ApiErrors.MissingRule.With($"Rule '{name}' with a pattern of one column.");

    private static CacheRule? Find(StreamsDefinition definition, string name) => definition.Rules.FirstOrDefault(rule => rule.Name == name);

    private static string Invariant(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
