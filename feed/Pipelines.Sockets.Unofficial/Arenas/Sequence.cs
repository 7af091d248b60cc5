namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A sequence whose element type is known at run time only.</summary>
public readonly struct Sequence
{
    private readonly Array? _array;
    private readonly int _offset, _length;

    internal Sequence(Array? array, int offset, int length) => (_array, _offset, _length) = (array, offset, length);

    /// <summary>Number of elements.</summary>
    public long Length => _length;

    /// <summary>The same with its element type. The default value can be cast to anything.</summary>
    /// <exception cref="InvalidCastException">The elements are of another type.</exception>
    public Sequence<T> Cast<T>() => _array is null ? default : new Sequence<T>((T[])_array, _offset, _length);
}

/// <summary>A run of elements in the memory of an <see cref="Arena{T}"/>.</summary>
public readonly struct Sequence<T>
{
    private readonly T[]? _array;
    private readonly int _offset, _length;

    internal Sequence(T[] array, int offset, int length) => (_array, _offset, _length) = (array, offset, length);

    /// <summary>Number of elements.</summary>
    public long Length => _length;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Always: see <see cref="Arena{T}"/>.</summary>
    public bool IsSingleSegment => true;

    /// <summary>The elements.</summary>
    public Span<T> FirstSpan => new(_array, _offset, _length);

    /// <summary>The segments, of which there is one.</summary>
    public SpanEnumerable Spans => new(FirstSpan);

    /// <summary>One element, by reference.</summary>
    public ref T this[int index] => ref FirstSpan[index];

    /// <summary>The same without its element type.</summary>
    public Sequence Untyped() => new(_array, _offset, _length);

    /// <summary>Walks over the elements.</summary>
    public Enumerator GetEnumerator() => new(FirstSpan);

    /// <summary>Walks over elements by reference.</summary>
    public ref struct Enumerator
    {
        private readonly Span<T> _span;
        private int _at;

        internal Enumerator(Span<T> span)
        {
            _span = span;
            _at = -1;
        }

        /// <summary>The element at hand.</summary>
        public readonly ref T Current => ref _span[_at];

        /// <summary>On to the next element.</summary>
        public bool MoveNext() => ++_at < _span.Length;

        /// <summary>The next element, which must exist.</summary>
        public ref T GetNext()
        {
            if (!MoveNext())
            {
                throw new IndexOutOfRangeException("The sequence has no further element.");
            }

            return ref Current;
        }
    }

    /// <summary>The segments.</summary>
    public readonly ref struct SpanEnumerable
    {
        private readonly Span<T> _span;

        internal SpanEnumerable(Span<T> span) => _span = span;

        /// <summary>Walks over the segments.</summary>
        public SpanEnumerator GetEnumerator() => new(_span);
    }

    /// <summary>Walks over segments.</summary>
    public ref struct SpanEnumerator
    {
        private bool _moved;

        internal SpanEnumerator(Span<T> span) => Current = span;

        /// <summary>The segment at hand.</summary>
        public Span<T> Current { get; }

        /// <summary>True once.</summary>
        public bool MoveNext() => !_moved && (_moved = true);
    }
}
