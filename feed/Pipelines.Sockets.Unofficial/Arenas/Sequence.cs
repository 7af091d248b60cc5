namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A sequence whose element type is not known.</summary>
public readonly struct Sequence
{
    private readonly Array? _array;
    private readonly int _start;

    internal Sequence(Array? array, int start, int length) => (_array, _start, Length) = (array, start, length);

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>The sequence with its type.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public Sequence<T> Cast<T>() => new((T[]?)_array, _start, (int)Length);
}

/// <summary>Elements handed out by an <see cref="Arena{T}"/>; always one segment here.</summary>
/// <typeparam name="T">Element.</typeparam>
public readonly struct Sequence<T>
{
    private readonly T[]? _array;
    private readonly int _start;
    private readonly int _length;

    internal Sequence(T[]? array, int start, int length) => (_array, _start, _length) = (array, start, length);

    /// <summary>Elements.</summary>
    public long Length => _length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Always.</summary>
    public bool IsSingleSegment => true;

    /// <summary>All elements.</summary>
    public Span<T> FirstSpan => _array.AsSpan(_start, _length);

    /// <summary>The one span.</summary>
    public SpanEnumerable Spans => new(this);

    /// <summary>An element by position.</summary>
    public ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_length, nameof(index));
            return ref _array![_start + index];
        }
    }

    /// <summary>Iterates by reference.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Without its type.</summary>
    public Sequence Untyped() => new(_array, _start, _length);

    /// <summary>Iterates over elements.</summary>
    public ref struct Enumerator
    {
        private readonly Span<T> _span;
        private int _index;

        internal Enumerator(Sequence<T> sequence)
        {
            _span = sequence.FirstSpan;
            _index = -1;
        }

        /// <summary>The current element.</summary>
        public readonly ref T Current => ref _span[_index];

        /// <summary>Moves on.</summary>
        public bool MoveNext() => ++_index < _span.Length;

        /// <summary>Moves on and returns the element.</summary>
        public ref T GetNext()
        {
            _index++;
            return ref _span[_index];
        }
    }

    /// <summary>The spans of a sequence.</summary>
    public readonly struct SpanEnumerable
    {
        private readonly Sequence<T> _sequence;

        internal SpanEnumerable(Sequence<T> sequence) => _sequence = sequence;

        /// <summary>Iterates over spans.</summary>
        public SpanEnumerator GetEnumerator() => new(_sequence);
    }

    /// <summary>Iterates over spans.</summary>
    public ref struct SpanEnumerator
    {
        private readonly Span<T> _span;
        private bool _moved;

        internal SpanEnumerator(Sequence<T> sequence) => _span = sequence.FirstSpan;

        /// <summary>The current span.</summary>
        public readonly Span<T> Current => _span;

        /// <summary>Moves on.</summary>
        public bool MoveNext() => !_moved && !_span.IsEmpty && (_moved = true);
    }
}
