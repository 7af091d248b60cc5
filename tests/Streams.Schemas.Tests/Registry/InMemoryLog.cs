using System.Runtime.CompilerServices;
using Streams.Registry;
using Streams.Registry.Log;

namespace Streams.Schemas.Tests.Registry;

/// <summary>A log that outlives its registry, as the topic does. It can be made unreachable, and compacts on demand.</summary>
internal sealed class InMemoryLog : IRegistryLog
{
    private readonly Lock _sync = new();
    private readonly List<LogItem> _items = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _next;

    /// <summary>Reads and writes fail while it is set.</summary>
    public bool Down { get; set; }

    /// <summary>Writes fail, but are in the log.</summary>
    public bool LosesAcknowledgements { get; set; }

    public int Count => _items.Count;

    public async IAsyncEnumerable<LogItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = 0L;
        while (true)
        {
            if (Down)
            {
                throw RegistryErrors.LogUnreachable.With("It is down.");
            }

            var (items, end, more) = After(position);
            foreach (var item in items)
            {
                yield return item;
            }

            position = end;
            yield return new LogItem(end, null, null);
            await more.WaitAsync(cancellationToken);
        }
    }

    public Task<long> AppendAsync(IReadOnlyList<(byte[] Key, byte[]? Value)> records)
    {
        if (Down)
        {
            throw RegistryErrors.LogUnreachable.With("It is down.");
        }

        TaskCompletionSource done;
        long last;
        lock (_sync)
        {
            _items.AddRange(records.Select(record => new LogItem(_next++, record.Key, record.Value)));
            last = _next - 1;
            (done, _more) = (_more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        done.SetResult();
        return LosesAcknowledgements ? throw RegistryErrors.LogUnreachable.With("The acknowledgement was lost.") : Task.FromResult(last);
    }

    /// <summary>Keeps the newest record of each key, and no deletions: what Kafka's cleaner leaves in the end.</summary>
    public void Compact()
    {
        lock (_sync)
        {
            var kept = _items.GroupBy(item => Convert.ToBase64String(item.Key!)).Select(group => group.Last()).Where(item => item.Value is not null).OrderBy(item => item.Offset).ToList();
            _items.Clear();
            _items.AddRange(kept);
        }
    }

    private (List<LogItem> Items, long End, Task More) After(long position)
    {
        lock (_sync)
        {
            return (_items.Where(item => item.Offset >= position).ToList(), _next, _more.Task);
        }
    }
}
