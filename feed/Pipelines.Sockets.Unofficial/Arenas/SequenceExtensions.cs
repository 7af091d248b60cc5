namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>What becomes of one element.</summary>
public delegate TResult Projection<T, out TResult>(in T x);

/// <summary>What becomes of one element, with a state that is the same for all.</summary>
public delegate TResult Projection<T1, T2, out TResult>(in T1 x1, in T2 x2);

/// <summary>Copies of sequences.</summary>
public static class SequenceExtensions
{
    /// <summary>What becomes of each element, as an array.</summary>
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

    /// <summary>What becomes of each element, as an array.</summary>
    public static TTo[] ToArray<TFrom, TState, TTo>(
        this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        var from = source.FirstSpan;
        var result = from.IsEmpty ? [] : new TTo[from.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = projection(in from[i], in state);
        }

        return result;
    }

    /// <summary>What becomes of each element, into <paramref name="destination"/>, which must be long enough.</summary>
    public static void CopyTo<TFrom, TTo>(this in Sequence<TFrom> source, Span<TTo> destination, Projection<TFrom, TTo> projection)
    {
        var from = source.FirstSpan;
        if (destination.Length < from.Length)
        {
            throw new ArgumentException("The destination is too short.", nameof(destination));
        }

        for (var i = 0; i < from.Length; i++)
        {
            destination[i] = projection(in from[i]);
        }
    }
}
