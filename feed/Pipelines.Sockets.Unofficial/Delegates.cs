namespace Pipelines.Sockets.Unofficial;

/// <summary>Looks at the subscribers of a delegate.</summary>
public static class Delegates
{
    /// <summary>Whether exactly one subscriber is there.</summary>
    public static bool IsSingle(this MulticastDelegate handler) => handler.HasSingleTarget;

    /// <summary>The subscribers.</summary>
    public static DelegateEnumerable<T> AsEnumerable<T>(this T handler)
        where T : MulticastDelegate => new(handler);

    /// <summary>The subscribers of one delegate.</summary>
    public readonly struct DelegateEnumerable<T>
        where T : MulticastDelegate
    {
        private readonly T _handler;

        internal DelegateEnumerable(T handler) => _handler = handler;

        /// <summary>Iterates over them.</summary>
        public DelegateEnumerator<T> GetEnumerator() => new(_handler);
    }

    /// <summary>Iterates over subscribers.</summary>
    public struct DelegateEnumerator<T>
        where T : MulticastDelegate
    {
        private readonly Delegate[] _targets;
        private int _index;

        internal DelegateEnumerator(T? handler)
        {
            _targets = handler?.GetInvocationList() ?? [];
            _index = -1;
        }

        /// <summary>The current subscriber.</summary>
        public readonly T Current => (T)_targets[_index];

        /// <summary>Moves on.</summary>
        public bool MoveNext() => ++_index < _targets.Length;
    }
}
