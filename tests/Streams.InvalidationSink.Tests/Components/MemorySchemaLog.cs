using System.Threading.Channels;
using Streams.Registry.Log;
using Streams.Registry.Store;

namespace Streams.InvalidationSink.Tests.Components;

/// <summary>A registry's log that forgets.</summary>
internal sealed class MemorySchemaLog : ISchemaLog
{
    private readonly Channel<(long Offset, LogRecord Record)> _records = Channel.CreateUnbounded<(long, LogRecord)>();
    private long _end;

    public async Task FollowAsync(Action<long, LogRecord> apply, Action caughtUp, CancellationToken cancellationToken)
    {
        caughtUp();
        await foreach (var (offset, record) in _records.Reader.ReadAllAsync(cancellationToken))
        {
            apply(offset, record);
        }
    }

    public async Task<long> AppendAsync(LogRecord record, CancellationToken cancellationToken)
    {
        var offset = _end++;
        await _records.Writer.WriteAsync((offset, record), cancellationToken);
        return offset;
    }
}
