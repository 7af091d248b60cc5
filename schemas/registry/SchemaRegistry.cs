using Microsoft.Extensions.Hosting;
using Streams.Hosting;
using Streams.Hosting.Health;
using Streams.Registry.Log;
using Streams.Registry.Store;

namespace Streams.Registry;

/// <summary>
/// The registry over its log. A command is decided from the state, appended, and answered only after the record has come back: what was answered is
/// what a restart will replay. Commands run one after the other; this process is the only writer.
/// </summary>
public sealed class SchemaRegistry(ISchemaLog log, HostFailure failure) : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan ReadBackLimit = TimeSpan.FromSeconds(10);
    private readonly RegistryState _state = new();
    private readonly SemaphoreSlim _oneCommand = new(1);
    private readonly Lock _gate = new();
    private readonly List<(long Offset, TaskCompletionSource Applied)> _waiting = [];
    private long _appliedOffset = -1;
    private volatile bool _ready;

    /// <inheritdoc/>
    public string Name => "schema log";

    /// <inheritdoc/>
    public Task<string?> CheckAsync(CancellationToken cancellationToken) => Task.FromResult(_ready ? null : "The schema log is not yet replayed");

    /// <summary>Answers from the state.</summary>
    /// <exception cref="RegistryProblem">50302 before the log is replayed.</exception>
    public T Read<T>(Func<RegistryState, T> question)
    {
        RequireReady();
        lock (_gate)
        {
            return question(_state);
        }
    }

    /// <summary>Decides, appends, waits until applied.</summary>
    /// <exception cref="RegistryProblem">50302 when Kafka does not answer; what the decision throws.</exception>
    public async Task<T> ExecuteAsync<T>(Func<RegistryState, (T Answer, IReadOnlyList<LogRecord> Records)> decide, CancellationToken cancellationToken)
    {
        await _oneCommand.WaitAsync(cancellationToken);
        try
        {
            var (answer, records) = Read(decide);
            foreach (var record in records)
            {
                var offset = await log.AppendAsync(record, cancellationToken);
                await AppliedAsync(offset, cancellationToken);
            }

            return answer;
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    /// <summary>The same for a decision of exactly one record.</summary>
    public Task<T> ExecuteAsync<T>(Func<RegistryState, (T Answer, LogRecord Record)> decide, CancellationToken cancellationToken) =>
        ExecuteAsync<T>(
            state =>
            {
                var (answer, record) = decide(state);
                return (answer, [record]);
            },
            cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await log.FollowAsync(Apply, () => _ready = true, stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            failure.Stop(exception);
        }
    }

    private void Apply(long offset, LogRecord record)
    {
        lock (_gate)
        {
            _state.Apply(record.Key, record.Value);
            _appliedOffset = offset;
            foreach (var (_, applied) in _waiting.Where(waiting => waiting.Offset <= offset))
            {
                applied.TrySetResult();
            }

            _waiting.RemoveAll(waiting => waiting.Offset <= offset);
        }
    }

    private async Task AppliedAsync(long offset, CancellationToken cancellationToken)
    {
        var applied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_appliedOffset >= offset)
            {
                return;
            }

            _waiting.Add((offset, applied));
        }

        try
        {
            await applied.Task.WaitAsync(ReadBackLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw RegistryProblem.Unavailable("the record was written but has not come back; ask again");
        }
    }

    private void RequireReady()
    {
        if (!_ready)
        {
            throw RegistryProblem.Unavailable("the schema log is not yet replayed");
        }
    }
}
