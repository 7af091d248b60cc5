using Confluent.Kafka;
using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Schemas.Aggregates;

namespace Streams.Processors.Host.Aggregates;

/// <summary>
/// Stage 2 of an epoch in this process: one consumer over the partials, a store and a <see cref="Stage2"/> for every partition it is given, and a
/// second consumer that reads the same partition of the output back and follows it.
/// </summary>
internal sealed class SecondStage(AggregateContext context, AggregateTopic rows)
{
    private const int BatchMax = 5_000;
    private const int RowsMax = 5_000;
    private const int DirtyMax = 20_000;
    private const string CellHeader = "streams-cell";
    private const string RowHeader = "streams-row";
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AwaitTime = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan QueryTime = TimeSpan.FromSeconds(5);
    private readonly Dictionary<int, PartialsTask> _tasks = [];
    private readonly string _partials = AggregateTopics.Partials(context.Plan.Name);
    private readonly long _writer = context.NewId();

    public async Task RunAsync(CancellationToken stopping)
    {
        using var output = new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig(context.Consumer("output", "headers")) { AutoOffsetReset = AutoOffsetReset.Earliest })
            .SetErrorHandler((_, _) => { }).Build();
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(context.Consumer("partials", "none"))
            .SetErrorHandler((_, error) => Log.Kafka(context.Logger, error.Reason))
            .SetPartitionsAssignedHandler((self, partitions) => partitions.Select(partition => Open(self, output, partition)).ToList())
            .SetPartitionsRevokedHandler((_, partitions) => Close(output, partitions))
            .SetPartitionsLostHandler((_, partitions) => Close(output, partitions))
            .Build();
        consumer.Subscribe(_partials);
        try
        {
            var time = context.Time;
            var (said, slow) = (time.GetTimestamp(), time.GetTimestamp());
            while (!stopping.IsCancellationRequested)
            {
                if (_tasks.Values.Any(task => task.Flight is not null && task.Stage.Dirty > DirtyMax))
                {
                    // Taken faster than said: what is to be said is in memory.
                    await Task.Delay(AwaitTime, time, stopping);
                }
                else
                {
                    Batch(consumer, Take, _tasks.Values.Any(task => task.IsBehind) ? TimeSpan.Zero : null);
                }

                Batch(output, (task, record) => ReadBack(task, record), TimeSpan.Zero);
                foreach (var task in _tasks.Values)
                {
                    task.Stage.Commit();
                    Continue(task);
                }

                var isDue = context.Time.GetElapsedTime(said) >= Interval;
                said = isDue ? context.Time.GetTimestamp() : said;
                await SayAsync(_tasks.Values.Where(task => isDue || task.IsBehind));

                if (context.Time.GetElapsedTime(slow) >= Slow)
                {
                    slow = context.Time.GetTimestamp();
                    await LookAsync(consumer, stopping);
                }
            }
        }
        finally
        {
            consumer.Close();
            Close(output, [.. _tasks.Keys.Select(partition => new TopicPartitionOffset(_partials, partition, Offset.Unset))]);
            output.Close();
        }
    }

    private TopicPartitionOffset Open(IConsumer<byte[]?, byte[]?> consumer, IConsumer<byte[]?, byte[]?> output, TopicPartition partition)
    {
        var (store, stage) = Open(context.Folder($"partials-{partition.Partition.Value}"), consumer.QueryWatermarkOffsets(partition, QueryTime));
        var back = new TopicPartition(rows.Topic, partition.Partition);
        var task = new PartialsTask(partition.Partition.Value, store, stage) { ReadBackTo = consumer.QueryWatermarkOffsets(back, QueryTime).High.Value };
        _tasks[task.Partition] = task;
        output.IncrementalAssign([new TopicPartitionOffset(back, stage.OutputPosition)]);
        return new TopicPartitionOffset(partition, stage.Position);
    }

    /// <summary>A task on its store; on a new one where the partials do not reach back to the store's position: a resync says again what has left them.</summary>
    private (RocksDbStore Store, Stage2 Stage) Open(string folder, WatermarkOffsets partials)
    {
        var store = RocksDbStore.Open(folder);
        var stage = new Stage2(context.Plan, context.Epoch.Epoch, context.RawPartitions, partials.High.Value, store);
        if (partials.Low.Value <= stage.Position && stage.Position <= partials.High.Value)
        {
            return (store, stage);
        }

        Log.PartialsLost(context.Logger, context.Plan.Name, stage.Position, partials.Low.Value, partials.High.Value);
        stage.Dispose();
        store.Dispose();
        Directory.Delete(folder, recursive: true);
        return Open(folder, partials);
    }

    private void Close(IConsumer<byte[]?, byte[]?> output, List<TopicPartitionOffset> partitions)
    {
        foreach (var partition in partitions)
        {
            if (_tasks.Remove(partition.Partition.Value, out var task))
            {
                output.IncrementalUnassign([new TopicPartition(rows.Topic, partition.Partition)]);
                task.Stage.Dispose();
                task.Store.Dispose();
            }
        }
    }

    private void Batch(IConsumer<byte[]?, byte[]?> consumer, Action<PartialsTask, ConsumeResult<byte[]?, byte[]?>> handle, TimeSpan? wait = null)
    {
        var since = context.Time.GetTimestamp();
        for (var i = 0; i < BatchMax; i++)
        {
            var left = wait ?? BatchTime - context.Time.GetElapsedTime(since);
            if (left < TimeSpan.Zero || Next(consumer, left) is not { } record)
            {
                return;
            }

            if (_tasks.TryGetValue(record.Partition.Value, out var task))
            {
                handle(task, record);
            }
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException exception) when (exception.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange)
        {
            throw ProcessorErrors.PartialsLost.With($"{exception.ConsumerRecord.TopicPartition} of epoch {context.Epoch.Epoch}.", exception);
        }
        catch (ConsumeException exception)
        {
            Log.Kafka(context.Logger, exception.Error.Reason);
            return null;
        }
    }

    private static void Take(PartialsTask task, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (!record.IsPartitionEOF)
        {
            task.Stage.Take(PartialRecord.Read(record.Message.Value), record.Offset.Value);
        }
    }

    private void ReadBack(PartialsTask task, ConsumeResult<byte[]?, byte[]?> record)
    {
        if (record.IsPartitionEOF)
        {
            task.ReadBackAt = Math.Max(task.ReadBackAt, record.Offset.Value);
            return;
        }

        task.ReadBackAt = record.Offset.Value + 1;
        if (record.Message.Headers.TryGetLastBytes(CellHeader, out var cell) && record.Message.Headers.TryGetLastBytes(RowHeader, out var row))
        {
            var header = new ValueReader(row);
            var writer = header.Fixed();
            task.Stage.Seen(Cell.Of(cell), PublishedRow.Read(header.Rest), writer == _writer, record.Offset.Value);
        }
    }

    private async Task SayAsync(IEnumerable<PartialsTask> due)
    {
        var isLive = context.Board.IsLive(context.Epoch);
        foreach (var task in due.Where(task => task.Flight is null && task.ReadBackAt >= task.ReadBackTo))
        {
            if (isLive && !task.IsCompared)
            {
                task.Stage.Reconcile();
            }

            task.IsCompared = isLive;

            if (isLive)
            {
                await SayAsync(task);
            }
            else
            {
                Progress(task);
            }
        }
    }

    private async Task SayAsync(PartialsTask task)
    {
        var emission = task.Stage.Begin(RowsMax);
        if (emission.Rows.Count == 0 && emission.Passed.Count == 0)
        {
            Progress(task);
            return;
        }

        (task.Emission, task.Flight) = (emission, new Flight());
        foreach (var (cell, row) in emission.Rows)
        {
            var (key, value) = await rows.WriteAsync(row);
            var headers = new Headers
            {
                { CellHeader, cell.Array },
                { RowHeader, [.. new ValueWriter().Fixed(_writer).Written, .. PublishedRow.Of(context.Plan, row).Write()] },
            };
            context.Producer.Send(rows.Topic, task.Partition, new Message<byte[]?, byte[]?> { Key = key, Value = value, Headers = headers }, task.Flight);
        }

        Continue(task);
    }

    private static void Continue(PartialsTask task)
    {
        if (task.Flight is { } flight && flight.IsDone)
        {
            if (task.Emission is { } emission)
            {
                // Only rows: a flight of progress was acknowledged with an offset of another topic.
                task.OutputEnd = Math.Max(task.OutputEnd, flight.Highest + 1);
                task.Stage.End(emission);
            }

            (task.Emission, task.Flight) = (null, null);
        }
    }

    /// <summary>When nothing is left to say: how far the output is.</summary>
    private void Progress(PartialsTask task)
    {
        var raw = task.Stage.Raw.Select((state, partition) => new RawProgress(partition, state.Position, state.Clock?.Lsn, state.Clock?.Micros)).ToList();
        var isPublished = task.IsCompared;
        if (task.Stage.Missing.Any() || (isPublished && (task.Stage.Dirty > 0 || !task.Stage.IsReconciled)) || (task.Said is { } said && said.IsPublished == isPublished && said.Raw.SequenceEqual(raw)))
        {
            return;
        }

        task.Said = (isPublished, raw);
        var progress = new AggregateProgress(
            context.Plan.Name, context.Epoch.Epoch, task.Partition, Math.Max(task.OutputEnd, task.ReadBackAt), [.. raw])
        {
            Definition = context.Plan.Hash,
            IsPublished = isPublished,
        };
        task.Flight = new Flight();
        context.Producer.Send(
            AggregateTopics.Progress, 0, new Message<byte[]?, byte[]?> { Key = System.Text.Encoding.UTF8.GetBytes(progress.Key), Value = progress.Write() }, task.Flight);
    }

    private async Task LookAsync(IConsumer<byte[]?, byte[]?> consumer, CancellationToken stopping)
    {
        foreach (var task in _tasks.Values)
        {
            foreach (var raw in task.Stage.Unasked.ToList())
            {
                task.Stage.Want(raw, await context.Epochs.RequestResyncAsync(context.Plan.Name, context.Epoch.Epoch, raw, stopping));
            }
        }

        try
        {
            consumer.Commit(_tasks.Values.Select(task => new TopicPartitionOffset(_partials, task.Partition, task.Stage.Position)));
        }
        catch (KafkaException exception)
        {
            Log.Kafka(context.Logger, exception.Error.Reason);
        }
    }

    private sealed class PartialsTask(int partition, RocksDbStore store, Stage2 stage)
    {
        public int Partition { get; } = partition;

        public RocksDbStore Store { get; } = store;

        public Stage2 Stage { get; } = stage;

        public RowEmission? Emission { get; set; }

        public Flight? Flight { get; set; }

        /// <value>The epoch is live, and the comparison with the output has begun.</value>
        public bool IsCompared { get; set; }

        /// <value>More is to be said than goes into one emission, or not all is compared: it does not wait for its turn.</value>
        public bool IsBehind => IsCompared && Flight is null && !Stage.Missing.Any() && (Stage.Dirty > RowsMax || !Stage.IsReconciled);

        public long ReadBackTo { get; init; }

        public long ReadBackAt { get; set; }

        public long OutputEnd { get; set; }

        public (bool IsPublished, List<RawProgress> Raw)? Said { get; set; }
    }
}
