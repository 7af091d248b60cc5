using Dapper;

namespace Streams.IngestApi.Resources;

/// <summary>Key of one row.</summary>
/// <param name="Columns">Key columns.</param>
/// <param name="Values">Their values.</param>
internal sealed record ResourceKey(IReadOnlyList<string> Columns, IReadOnlyList<long> Values)
{
    /// <summary>Parameters <c>@column</c>, for the statements of <see cref="ResourceTable"/>.</summary>
    public DynamicParameters Parameters()
    {
        var parameters = new DynamicParameters();
        for (var i = 0; i < Columns.Count; i++)
        {
            parameters.Add(Columns[i], Values[i]);
        }

        return parameters;
    }

    /// <summary>Text of a key column, for key templates.</summary>
    public string? Text(string column)
    {
        var index = Columns.ToList().IndexOf(column);
        return index < 0 ? null : Values[index].ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('/', Values);
}
