using Confluent.Kafka;
using Streams.Core.Aggregates;
using Streams.Core.Errors;
using Streams.Processors.Aggregates;
using Streams.Schemas.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>
/// Stage 1 of an epoch in this process: one consumer over the raw topic, a store and a <see cref="Stage1"/> for every partition it is given.
/// <code>
/// consume … → fold → commit the stores → say what is dirty → acknowledged → sweep, progress
/// </code>
/// One flow. The store's position is where it goes on, whatever the group has committed.
/// </summary>
internal sealed class FirstStage(AggregateContext context, RawChangeReader reader, LateTopic? late)
{
    private const int BatchMax = 5_000;
    private const int LagBatchMax = 20_000;
    private const int LagMin = 10_000;
    private const int CellsMax = 5_000;
    private const int DirtyMax = 20_000;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LagBatchTime = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LagInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AwaitTime = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);
    private readonly Dictionary<int, RawTask> _tasks = [];
    private readonly string _partials = AggregateTopics.Partials(context.Plan.Name);

    public async Task RunAsync(CancellationToken stopping)
    {
        await (late?.RegisterAsync() ?? Task.CompletedTask);
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(context.Consumer("raw", "headers"))
            .SetErrorHandler((_, error) => Log.Kafka(context.Logger, error.Reason))
            .SetPartitionsAssignedHandler((_, partitions) => partitions.Select(Open).ToList())
            .SetPartitionsRevokedHandler((_, partitions) => Close(partitions))
            .SetPartitionsLostHandler((_, partitions) => Close(partitions))
            .Build();
        consumer.Subscribe(context.RawTopic);
        try
        {
            var time = context.Time;
            var (said, slow, isLagging) = (time.GetTimestamp(), time.GetTimestamp(), false);
            while (!stopping.IsCancellationRequested)
            {
                if (_tasks.Values.Any(task => task.Flight is not null && task.Stage.Dirty + task.Stage.Late > DirtyMax))
                {
                    // Folded faster than said: what is to be said is in memory.
                    await Task.Delay(AwaitTime, time, stopping);
                }
                else
                {
                    // A cell is written once for each batch that changes it.
                    await (isLagging ? BatchAsync(consumer, LagBatchMax, LagBatchTime, stopping) : BatchAsync(consumer, BatchMax, BatchTime, stopping));
                }

                foreach (var task in _tasks.Values)
                {
                    task.Stage.Commit();
                    Continue(task);
                }

                isLagging = _tasks.Values.Any(task => LagOf(consumer, task) > LagMin);
                // Behind the end of the log what is said is old anyway, and a cell that is said less often costs less of everything behind it.
                var isDue = context.Time.GetElapsedTime(said) >= (isLagging ? LagInterval : Interval);
                said = isDue ? context.Time.GetTimestamp() : said;
                foreach (var task in _tasks.Values.Where(task => task.IsBehind || (isDue && !HoldsBack(task))).ToList())
                {
                    await SayAsync(task);
                }

                if (context.Time.GetElapsedTime(slow) >= Slow)
                {
                    slow = context.Time.GetTimestamp();
                    Look(consumer);
                }
            }
        }
        finally
        {
            consumer.Close();
            Close([.. _tasks.Keys.Select(raw => new TopicPartitionOffset(context.RawTopic, raw, Offset.Unset))]);
        }
    }

    private RowVersion Floor => new(context.Epoch.Floor.Commit, context.Epoch.Floor.Lsn);

    private TopicPartitionOffset Open(TopicPartition partition)
    {
        var raw = partition.Partition.Value;
        var store = RocksDbStore.Open(context.Folder($"raw-{raw}"));
        var task = new RawTask(raw, store, new Stage1(
            context.Plan, raw, context.Epoch.Epoch, context.Epoch.Starts[raw], Floor, store, context.NewId(),
            context.Board.ReportFrom(context.Epoch, raw), isFilled: context.Epoch.Snapshot is not null));
        _tasks[raw] = task;
        LookAtTarget(task);
        return new TopicPartitionOffset(partition, task.Stage.Position);
    }

    private void Close(List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_tasks.Remove(partition.Partition.Value, out var task))
            {
                task.Stage.Dispose();
                task.Store.Dispose();
            }
        }
    }

    /// <summary>Folds what there is and what comes soon, so many records and for so long at most.</summary>
    private async Task BatchAsync(IConsumer<byte[]?, byte[]?> consumer, int records, TimeSpan most, CancellationToken stopping)
    {
        var since = context.Time.GetTimestamp();
        for (var i = 0; i < records && !stopping.IsCancellationRequested; i++)
        {
            var elapsed = context.Time.GetElapsedTime(since);
            if (elapsed >= most || Next(consumer, elapsed < BatchTime ? BatchTime - elapsed : TimeSpan.Zero) is not { } record)
            {
                return;
            }

            if (_tasks.TryGetValue(record.Partition.Value, out var task) && !task.IsTruncated)
            {
                await FoldAsync(task, record);
            }
        }
    }

    /// <summary>Records that the client knows of and that are not folded.</summary>
    private long LagOf(IConsumer<byte[]?, byte[]?> consumer, RawTask task) =>
        consumer.GetWatermarkOffsets(new TopicPartition(context.RawTopic, task.Raw)).High.Value - task.Stage.Position;

    /// <summary>
    /// A store that is built again says what others have said before it, and a resync that waits for the end of the log says everything once more: until
    /// then it is silent, unless more is to be said than should be held.
    /// </summary>
    private static bool HoldsBack(RawTask task) =>
        task.Stage.IsSilent && task.Noticed.Request > task.Stage.Served && task.Stage.Position < task.Noticed.End;

    private ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException exception) when (exception.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            context.Board.Lost(context.Epoch, "records left the log before they were folded");
            throw ProcessorErrors.HistoryLost.With($"{exception.ConsumerRecord.TopicPartition} of {context.Plan.Name}: the log does not reach back to where epoch {context.Epoch.Epoch} is.", exception);
        }
        catch (ConsumeException exception)
        {
            Log.Kafka(context.Logger, exception.Error.Reason);
            return null;
        }
    }

    private async Task FoldAsync(RawTask task, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.IsPartitionEOF)
        {
            // Control records of transactions have no other sign.
            task.Stage.Skip(record.Offset.Value - 1);
            return;
        }

        try
        {
            record.Topic = context.RawTopic;
            var (change, truncate) = await reader.ReadAsync(record);
            if (truncate is { } version && (context.Epoch.Snapshot is not null || version.CompareTo(Floor) > 0))
            {
                // What it removes lies in every partition, and it comes in one: it begins an epoch, and here nothing goes on.
                task.IsTruncated = true;
                context.Board.Truncated(context.Epoch, version, task.Raw, record.Offset.Value);
            }
            else if (change is not { } raw)
            {
                task.Stage.Skip(record.Offset.Value);
            }
            else if (task.Stage.Fold(raw) == FoldOutcome.Incomplete)
            {
                if (context.Epoch.Snapshot is not null)
                {
                    // The snapshot leaves the row out for this very change.
                    context.Board.Lost(context.Epoch, "a row changed while the snapshot read it, and not all of it was sent");
                }

                throw ProcessorErrors.Unfoldable.With($"{record.TopicPartitionOffset}: a value that was not sent (unchanged TOAST) of a row that is not known.");
            }
        }
        catch (StreamsException exception) when (exception.Error.Kind == ErrorKind.Poison && exception.Error != ProcessorErrors.Unfoldable)
        {
            throw ProcessorErrors.Unfoldable.With($"{record.TopicPartitionOffset} of {context.Plan.Name}: {exception.Message}", exception);
        }
    }

    /// <summary>What is dirty, unless the last emission is still under way; a progress also when nothing is.</summary>
    private async Task SayAsync(RawTask task)
    {
        if (task.Flight is null && task.Noticed.Request > 0)
        {
            task.Stage.Request(task.Noticed.Request, task.Noticed.End);
        }

        if (task.Flight is not null || (task.Stage is { Dirty: 0, Late: 0, IsRestating: false } && task.Stage.Position == task.SaidPosition && task.Stage.Clock == task.SaidClock))
        {
            return;
        }

        (task.SaidPosition, task.SaidClock) = (task.Stage.Position, task.Stage.Clock);
        var emission = task.Stage.Begin(CellsMax);
        (task.Emission, task.Flight) = (emission, new Flight());
        foreach (var record in emission.Records)
        {
            var cell = record is CellState state ? state.Cell : ((BucketState)record).Cell;
            context.Producer.Send(_partials, cell.Partition(context.Plan.Definition.Partitions), new Message<byte[]?, byte[]?> { Value = record.Write() }, task.Flight);
        }

        foreach (var report in emission.Reports)
        {
            var (key, value) = await late!.WriteAsync(report.Row);
            context.Producer.Send(late.Topic, report.Cell.Partition(context.Plan.Definition.Partitions), new Message<byte[]?, byte[]?> { Key = key, Value = value }, task.Flight);
        }

        Continue(task);
    }

    /// <summary>Goes on where acknowledgements allow.</summary>
    private void Continue(RawTask task)
    {
        if (task.Flight is null || !task.Flight.IsDone)
        {
            return;
        }

        if (task.Emission is { } emission)
        {
            task.Emission = null;
            task.Controls = task.Stage.End(emission);
            context.Metrics.Late(context.Plan.Name, emission.Reports.Count);
            task.Flight = new Flight();
            SendControls(task);
        }
        else
        {
            foreach (var control in task.Controls)
            {
                Acknowledged(task.Stage, control);
            }

            (task.Controls, task.Flight) = ([], null);
        }
    }

    private void SendControls(RawTask task)
    {
        foreach (var control in task.Controls)
        {
            for (var partition = 0; partition < context.Plan.Definition.Partitions; partition++)
            {
                context.Producer.Send(_partials, partition, new Message<byte[]?, byte[]?> { Value = control.Write() }, task.Flight!);
            }
        }
    }

    private static void Acknowledged(Stage1 stage, PartialRecord control)
    {
        switch (control)
        {
            case Sweep sweep:
                stage.Swept(sweep);
                break;
            case Progress progress:
                stage.Progressed(progress);
                break;
        }
    }

    /// <summary>Once in a while: the source's clock, requests, and the group's offsets for those who watch lag.</summary>
    private void Look(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var task in _tasks.Values)
        {
            LookAtTarget(task);
            if (context.Board.Contained(context.RawTopic, task.Raw, task.Stage.Position) is { } clock)
            {
                task.Stage.Contains(clock);
            }

            var request = context.Board.Request(context.Epoch, task.Raw);
            if (request > task.Stage.Served && task.Noticed.Request != request)
            {
                // The end of now, not of when it is answered: under load that one moves on for ever.
                task.Noticed = (request, consumer.QueryWatermarkOffsets(new TopicPartition(context.RawTopic, task.Raw), QueryTime).High.Value);
            }
        }

        try
        {
            consumer.Commit(_tasks.Values.Select(task => new TopicPartitionOffset(context.RawTopic, task.Raw, task.Stage.Position)));
        }
        catch (KafkaException exception)
        {
            Log.Kafka(context.Logger, exception.Error.Reason);
        }
    }

    private void LookAtTarget(RawTask task)
    {
        if (context.Board.TargetOf(context.Epoch, task.Raw) is { } target)
        {
            task.Stage.FilledBelow(target);
        }
    }

    private sealed class RawTask(int raw, RocksDbStore store, Stage1 stage)
    {
        public int Raw { get; } = raw;

        public RocksDbStore Store { get; } = store;

        public Stage1 Stage { get; } = stage;

        public bool IsTruncated { get; set; }

        public (long Request, long End) Noticed { get; set; }

        /// <value>More is to be said than goes into one emission: it does not wait for its turn.</value>
        public bool IsBehind => Flight is null && (Stage.Dirty > CellsMax || Stage.Late > CellsMax || Stage.IsRestating);

        public Emission? Emission { get; set; }

        public Flight? Flight { get; set; }

        public IReadOnlyList<PartialRecord> Controls { get; set; } = [];

        public long SaidPosition { get; set; } = -1;

        public SourceClock? SaidClock { get; set; }
    }
}
