namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Maps one element.</summary>
public delegate TTo Projection<TFrom, TTo>(in TFrom value);

/// <summary>Maps one element with a state.</summary>
public delegate TTo Projection<TFrom, TState, TTo>(in TFrom value, in TState state);

/// <summary>Copies of sequences.</summary>
public static class SequenceExtensions
{
    /// <summary>A new array of mapped elements.</summary>
    public static TTo[] ToArray<TFrom, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TTo> projection)
    {
        if (source.IsEmpty)
        {
            return [];
        }

        var result = new TTo[source.Length];
        source.CopyTo(result, projection);
        return result;
    }

    /// <summary>A new array of elements mapped with a state.</summary>
    public static TTo[] ToArray<TFrom, TState, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        var result = new TTo[source.Length];
        var from = source.FirstSpan;
        for (var i = 0; i < from.Length; i++)
        {
            result[i] = projection(in from[i], in state);
        }

        return result;
    }

    /// <summary>Writes mapped elements into a span.</summary>
    public static void CopyTo<TFrom, TTo>(this in Sequence<TFrom> source, Span<TTo> destination, Projection<TFrom, TTo> projection)
    {
        var from = source.FirstSpan;
        for (var i = 0; i < from.Length; i++)
        {
            destination[i] = projection(in from[i]);
        }
    }
}
