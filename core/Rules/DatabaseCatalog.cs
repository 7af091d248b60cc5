using System.Collections.Immutable;

namespace Streams.Core.Rules;

/// <summary>What the database says about the captured tables.</summary>
public sealed record DatabaseCatalog(string Publication, ImmutableArray<TableDescription> Tables)
{
    /// <summary>The table of that name (<c>schema.table</c>), or null.</summary>
    public TableDescription? Find(string name) => Tables.FirstOrDefault(table => table.Name == name);
}

/// <summary>One table.</summary>
/// <param name="Name"><c>schema.table</c>.</param>
/// <param name="Columns">In order.</param>
/// <param name="PrimaryKey">Columns of the primary key; empty = none.</param>
/// <param name="DeferrablePrimaryKey">Whether the primary key is deferrable.</param>
/// <param name="FullReplicaIdentity">REPLICA IDENTITY FULL: old rows are complete in the WAL.</param>
/// <param name="Published">In the publication.</param>
public sealed record TableDescription(
    string Name,
    ImmutableArray<ColumnDescription> Columns,
    ImmutableArray<string> PrimaryKey,
    bool DeferrablePrimaryKey,
    bool FullReplicaIdentity,
    bool Published)
{
    /// <summary>The column of that name, or null.</summary>
    public ColumnDescription? Column(string name) => Columns.FirstOrDefault(column => column.Name == name);
}

/// <summary>One column.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Base type as <c>pg_type.typname</c>: int8, numeric, timestamptz, …; domains resolved.</param>
/// <param name="Scale">Scale of numeric(p,s), digits of the fraction of timestamp(p) and time(p); null if not declared.</param>
public sealed record ColumnDescription(string Name, string Type, int? Scale);
