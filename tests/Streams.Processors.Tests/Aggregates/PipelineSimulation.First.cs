using Streams.Core.Values;
using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <content>Owner or zombie of a raw partition.</content>
internal sealed partial class PipelineSimulation
{
    private sealed class First(PipelineSimulation world, int raw, bool isOwner)
    {
        private MemoryStore _store = new();
        private Stage1? _stage;
        private Emission? _underWay;
        private bool _isTold;

        public bool IsOwner => isOwner;

        private Stage1 Stage => _stage ??= new Stage1(
            world._plan, raw, Epoch, 0, world.Floor, _store, world._random.NextInt64(), isFilled: world._isFilled);

        public void Step()
        {
            switch (world._random.Next(24))
            {
                case 0 when world._random.Next(world._rarity) == 0:
                    Crash();
                    break;
                case 1 when world._mayLose && world._random.Next(world._rarity) == 0:
                    Crash();
                    _store = new MemoryStore();
                    break;
                case < 4 when world._mayLose && world._random.Next(world._slowness) == 0:
                    Stage.Request(world._requests[raw], world._raw[raw].Count);
                    break;
                case < 14:
                    Fold(world._random.Next(1, 6));
                    break;
                default:
                    Say(world._random.Next(1, world._mostSaid), mayFail: true);
                    break;
            }
        }

        public void Finish()
        {
            Fold(int.MaxValue);
            Stage.Request(world._requests[raw], world._raw[raw].Count);
            var rounds = 0;
            do
            {
                if (rounds++ == RoundsMax)
                {
                    throw new InvalidOperationException($"Stage 1 of raw partition {raw} does not come to rest: {Stage.Dirty} cells.");
                }

                Say(100, mayFail: false);
            }
            while (Stage.Dirty > 0 || Stage.Late > 0 || Stage.IsRestating);
        }

        private void Crash() => (_stage, _underWay) = (null, null);

        private void Fold(int most)
        {
            // Once told, it is told whenever the store is opened.
            _isTold |= world._filledBelow is not null && (most == int.MaxValue || world._random.Next(2) == 0);
            if (_isTold)
            {
                Stage.FilledBelow(world._filledBelow![raw]);
            }

            var log = world._raw[raw];
            for (var i = 0; i < most && Stage.Position < log.Count; i++)
            {
                var record = log[(int)Stage.Position];
                Stage.Fold(new RawChange(
                    Stage.Position, record.IsSnapshot, record.Version, [SqlValue.Of(record.Id)],
                    record.Row is { } row ? Sales.Project(world._plan, row) : null, record.Committed) { IsIncremental = record.IsIncremental });
            }

            Stage.Commit();
        }

        private void Say(int most, bool mayFail)
        {
            Stage.Commit();
            if (_underWay is null)
            {
                Begin(most, mayFail);
            }

            // The fold goes on while an acknowledgement is awaited.
            if (_underWay is { } emission && (!mayFail || world._random.Next(2) == 0))
            {
                _underWay = null;
                End(emission, mayFail);
            }
        }

        private void Begin(int most, bool mayFail)
        {
            _underWay = Stage.Begin(most);
            var isRefused = false;
            foreach (var record in _underWay.Records)
            {
                // One may be refused (it is too large), and those after it are written.
                if (mayFail && world.Fails())
                {
                    isRefused = true;
                    continue;
                }

                Append(record);
                // The broker may have written a part of it, or all, when the acknowledgement is lost.
                if (mayFail && world.Fails())
                {
                    Crash();
                    return;
                }
            }

            foreach (var report in _underWay!.Reports)
            {
                world._late.Add(report.Row);
                if (mayFail && world.Fails())
                {
                    Crash();
                    return;
                }
            }

            if (isRefused)
            {
                Crash();
            }
        }

        private void End(Emission emission, bool mayFail)
        {
            foreach (var record in Stage.End(emission))
            {
                world._promises.Add((record.Raw, record.Version, world._late.Count));
                for (var partition = 0; partition < Partitions; partition++)
                {
                    world._partials[partition].Add(record);
                    if (mayFail && world.Fails())
                    {
                        Crash();
                        return;
                    }
                }

                if (record is Sweep sweep)
                {
                    Stage.Swept(sweep);
                }
                else if (record is Progress progress)
                {
                    Stage.Progressed(progress);
                }
            }
        }

        private void Append(PartialRecord record)
        {
            var cell = record is CellState state ? state.Cell : ((BucketState)record).Cell;
            world._partials[cell.Partition(Partitions)].Add(PartialRecord.Read(record.Write()));
        }
    }
}
