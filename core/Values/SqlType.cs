using System.Collections.Immutable;

namespace Streams.Core.Values;

/// <summary>A Postgres type, as far as aggregates tell types apart.</summary>
/// <param name="Name">As <c>pg_type.typname</c>: int2, int4, int8, numeric, text, uuid, bool, date, timestamp, timestamptz, or another name when opaque.</param>
/// <param name="Kind">How its values are held.</param>
/// <param name="Scale">Scale of numeric(p,s), when it is declared: every value has it.</param>
public sealed record SqlType(string Name, SqlKind Kind, int? Scale = null)
{
    /// <summary>boolean.</summary>
    public static readonly SqlType Boolean = new("bool", SqlKind.Boolean);

    /// <summary>bigint.</summary>
    public static readonly SqlType BigInt = new("int8", SqlKind.Integer);

    /// <summary>numeric of any scale.</summary>
    public static readonly SqlType Numeric = new("numeric", SqlKind.Numeric);

    /// <summary>text.</summary>
    public static readonly SqlType Text = new("text", SqlKind.Text);

    /// <summary>timestamp.</summary>
    public static readonly SqlType Timestamp = new("timestamp", SqlKind.Timestamp);

    /// <summary>timestamptz.</summary>
    public static readonly SqlType TimestampTz = new("timestamptz", SqlKind.TimestampTz);

    private static readonly ImmutableDictionary<string, SqlKind> Kinds = new Dictionary<string, SqlKind>
    {
        ["bool"] = SqlKind.Boolean, ["int2"] = SqlKind.Integer, ["int4"] = SqlKind.Integer, ["int8"] = SqlKind.Integer, ["numeric"] = SqlKind.Numeric,
        ["text"] = SqlKind.Text, ["varchar"] = SqlKind.Text, ["bpchar"] = SqlKind.Text, ["name"] = SqlKind.Text, ["uuid"] = SqlKind.Text,
        ["date"] = SqlKind.Date, ["timestamp"] = SqlKind.Timestamp, ["timestamptz"] = SqlKind.TimestampTz,
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Whether values are numbers that can be added.</summary>
    public bool IsNumber => Kind is SqlKind.Integer or SqlKind.Numeric;

    /// <summary>Whether values are instants.</summary>
    public bool IsTime => Kind is SqlKind.Timestamp or SqlKind.TimestampTz or SqlKind.Date;

    /// <summary>Whether Postgres orders the values by the value alone, without a collation.</summary>
    public bool IsOrdered => IsNumber || IsTime;

    /// <summary>The type of a column.</summary>
    /// <param name="name"><c>pg_type.typname</c>, domains resolved.</param>
    /// <param name="scale">Scale of numeric(p,s); null if not declared.</param>
    public static SqlType Of(string name, int? scale) =>
        Kinds.TryGetValue(name, out var kind) ? new SqlType(name, kind, kind == SqlKind.Numeric ? scale : null) : new SqlType(name, SqlKind.Opaque);

    /// <summary>Name in SQL.</summary>
    public string Sql => Name switch
    {
        "int2" => "smallint",
        "int4" => "integer",
        "int8" => "bigint",
        "bool" => "boolean",
        "varchar" or "bpchar" or "name" => "text",
        _ => Name,
    };
}
