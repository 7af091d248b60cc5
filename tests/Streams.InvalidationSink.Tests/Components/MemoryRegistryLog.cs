using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Streams.Registry.Log;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>A registry's log that forgets: one reader, no replay.</summary>
internal sealed class MemoryRegistryLog : IRegistryLog
{
    private readonly Channel<LogItem> _items = Channel.CreateUnbounded<LogItem>();
    private long _end;

    public async IAsyncEnumerable<LogItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new LogItem(0, null, null);
        await foreach (var item in _items.Reader.ReadAllAsync(cancellationToken))
        {
            yield return item;
        }
    }

    public async Task<long> AppendAsync(IReadOnlyList<(byte[] Key, byte[]? Value)> records)
    {
        foreach (var (key, value) in records)
        {
            await _items.Writer.WriteAsync(new LogItem(_end++, key, value));
        }

        return _end - 1;
    }
}
