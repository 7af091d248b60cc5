using Streams.Core.Errors;
using Streams.Hosting.Health;
using Streams.Registry.Log;

namespace Streams.Registry.Store;

/// <summary>
/// The state as far as the log was read, and writes that answer only after they were read back:
/// <code>
/// request → decide on the state → append → follower applies the record → answer
/// </code>
/// The follower alone sets the state; a gate lets one write through at a time, so each decides on what the last one wrote. After a failed write
/// nobody knows whether it is in the log: the next one first writes a record that says nothing and waits until that is read back, so that what
/// came before it is known. A crash loses nothing that was answered.
/// </summary>
public sealed class RegistryStore(IRegistryLog log, TimeProvider clock) : IReadinessCheck, IDisposable
{
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Lock _sync = new();
    private volatile RegistryState _state = RegistryState.Empty;
    private volatile string? _notReady = RegistryErrors.LogUnreachable.With("It has not been read yet.").Message;
    private long _applied = -1;
    private bool _uncertain;
    private (long Offset, TaskCompletionSource Done)? _waiting;

    /// <inheritdoc/>
    public string Name => "registry topic";

    /// <summary>The state.</summary>
    /// <exception cref="RegistryException">50001 until the log was read to its end once, and after a conflict in it.</exception>
    public RegistryState State => _notReady is { } reason ? throw RegistryException.Unavailable(reason) : _state;

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(_notReady);

    /// <summary>Decides, writes, and answers when the write was read back.</summary>
    /// <exception cref="RegistryException">What the decision refuses; 50001, 50002.</exception>
    public async Task<T> WriteAsync<T>(Func<RegistryState, Decision<T>> decide, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_uncertain)
            {
                await AppendAsync([new NoopRecord()]);
            }

            var decision = decide(State);
            if (decision.Records.Count > 0)
            {
                await AppendAsync(decision.Records);
            }

            return _notReady is { } reason ? throw RegistryException.Unavailable(reason) : decision.Answer;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Follows the log from its beginning until the token or an error ends it.</summary>
    /// <param name="unreadable">Is told of a record that means nothing, and of its offset.</param>
    /// <param name="cancellationToken">Token.</param>
    /// <exception cref="StreamsException">STR6101, STR6102.</exception>
    public async Task FollowAsync(Action<long, Exception> unreadable, CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            _applied = -1;
        }

        var state = RegistryState.Empty;
        var whole = false;
        await foreach (var item in log.ReadAsync(cancellationToken))
        {
            state = item.Key is null ? state : Apply(state, item, unreadable);
            whole |= item.Key is null;
            if (whole)
            {
                Publish(state, item.Key is null ? item.Offset - 1 : item.Offset);
            }
        }
    }

    /// <summary>Nothing is served until the log was read again.</summary>
    public void Fail(StreamsException cause) => _notReady = cause.Message;

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    /// <summary>Appends and waits until it was read back. A client that goes away does not end it: what is half done would be uncertain.</summary>
    private async Task AppendAsync(IReadOnlyList<StoreRecord> records)
    {
        _uncertain = true;
        try
        {
            var offset = await log.AppendAsync([.. records.Select(RecordCodec.Write)]).WaitAsync(WriteLimit, clock);
            await AppliedAsync(offset).WaitAsync(WriteLimit, clock);
            _uncertain = false;
        }
        catch (Exception exception) when (exception is StreamsException or TimeoutException)
        {
            throw RegistryException.WriteTimeout(exception is StreamsException ? exception.Message : RegistryErrors.LogUnreachable.With("A write was not acknowledged in time.").Message);
        }
    }

    private Task AppliedAsync(long offset)
    {
        lock (_sync)
        {
            if (_applied >= offset)
            {
                return Task.CompletedTask;
            }

            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting = (offset, done);
            return done.Task;
        }
    }

    private void Publish(RegistryState state, long offset)
    {
        _state = state;
        _notReady = state.Conflict is { } conflict ? RegistryErrors.LogConflict.With(conflict).Message : null;
        lock (_sync)
        {
            _applied = Math.Max(_applied, offset);
            if (_waiting is { } waiting && _applied >= waiting.Offset)
            {
                _waiting = null;
                waiting.Done.SetResult();
            }
        }
    }

    private static RegistryState Apply(RegistryState state, LogItem item, Action<long, Exception> unreadable)
    {
        try
        {
            return RecordCodec.Read(item.Key, item.Value) is { } record ? state.Apply(record) : state;
        }
        catch (System.Text.Json.JsonException exception)
        {
            unreadable(item.Offset, exception);
            return state;
        }
    }
}
