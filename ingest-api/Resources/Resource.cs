using System.Collections.Frozen;
using System.Text.Json;
using Streams.IngestApi.Data;
using Streams.IngestApi.Http.Body;

namespace Streams.IngestApi.Resources;

/// <summary>A row that was written: its representation and its path below the collection.</summary>
internal sealed record WrittenRow(string Body, string Path);

/// <summary>A row that is about to be written.</summary>
internal sealed record LockedRow(string Body, long Version);

/// <summary>How a resource is stored. This one is a row of one table; resources of several override it.</summary>
/// <typeparam name="TInput">What clients write.</typeparam>
/// <typeparam name="TView">What clients read; its further fields are set by the database, and are not looked at when they are sent back.</typeparam>
internal class Resource<TInput, TView>(ResourceTable table)
    where TView : TInput
{
    /// <summary>The table.</summary>
    public ResourceTable Table { get; } = table;

    /// <summary>Fields that the database sets.</summary>
    public FrozenSet<string> ReadOnlyFields { get; } = ApiJson.FieldsOf(typeof(TView)).Except(ApiJson.FieldsOf(typeof(TInput))).ToFrozenSet();

    /// <summary>Key of this resource.</summary>
    public ResourceKey Key(params long[] values) => new(Table.Key, values);

    /// <summary>Inserts rows in order.</summary>
    public virtual Task<IReadOnlyList<WrittenRow>> InsertAsync(WriteSession session, IReadOnlyList<TInput> rows) =>
        session.ListAsync<WrittenRow>(Table.InsertSql, new { rows = JsonSerializer.Serialize(rows, ApiJson.Options) });

    /// <summary>Replaces a row that is locked.</summary>
    public virtual Task<WrittenRow> UpdateAsync(WriteSession session, ResourceKey key, TInput row)
    {
        var parameters = key.Parameters();
        parameters.Add("row", JsonSerializer.Serialize(row, ApiJson.Options));
        return session.SingleAsync<WrittenRow>(Table.UpdateSql, parameters);
    }

    /// <summary>Locks a row until the transaction ends; null if there is none.</summary>
    public virtual Task<LockedRow?> LockAsync(WriteSession session, ResourceKey key) =>
        session.OptionalAsync<LockedRow>(Table.LockSql, key.Parameters());
}
