using System.Collections;

namespace Pipelines.Sockets.Unofficial;

/// <summary>The parts of a multicast delegate, one by one.</summary>
public static class Delegates
{
    /// <summary>The parts of <paramref name="handler"/>; none for null.</summary>
    public static DelegateEnumerable<T> AsEnumerable<T>(this T handler)
        where T : MulticastDelegate => new(handler);

    /// <summary>Whether <paramref name="handler"/> is known to have one target.</summary>
    public static bool IsSingle(this MulticastDelegate handler) => handler.HasSingleTarget;

    /// <summary>The parts of a delegate.</summary>
    public readonly struct DelegateEnumerable<T> : IEnumerable<T>
        where T : MulticastDelegate
    {
        private readonly T? _handler;

        internal DelegateEnumerable(T? handler) => _handler = handler;

        /// <summary>From the first to the last.</summary>
        public DelegateEnumerator<T> GetEnumerator() => new(_handler);

        IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Walks over the parts of a delegate without allocating.</summary>
    public struct DelegateEnumerator<T> : IEnumerator<T>
        where T : MulticastDelegate
    {
        private readonly T? _handler;
        private Delegate.InvocationListEnumerator<T> _parts;

        internal DelegateEnumerator(T? handler)
        {
            _handler = handler;
            _parts = Delegate.EnumerateInvocationList(handler);
        }

        /// <summary>The part at hand.</summary>
        public T Current => _parts.Current;

        readonly object IEnumerator.Current => _parts.Current;

        /// <summary>On to the next part.</summary>
        public bool MoveNext() => _parts.MoveNext();

        /// <summary>Back to before the first.</summary>
        public void Reset() => _parts = Delegate.EnumerateInvocationList(_handler);

        readonly void IDisposable.Dispose()
        {
        }
    }
}
