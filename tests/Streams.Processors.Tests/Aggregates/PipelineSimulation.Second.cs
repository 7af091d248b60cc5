using Streams.Processors.Aggregates;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Tests.Aggregates;

/// <content>Owner or zombie of a partition of the partials.</content>
internal sealed partial class PipelineSimulation
{
    private sealed class Second(PipelineSimulation world, int partition, bool isOwner)
    {
        private readonly int _writer = (partition * 10) + (isOwner ? 1 : 2);
        private MemoryStore _store = new();
        private Stage2? _stage;
        private RowEmission? _underWay;
        private int _incarnation;

        public bool IsOwner => isOwner;

        public int Partition => partition;

        /// <summary>Up to where it has read the output, or will go on when it is opened again.</summary>
        public long ReadTo => _stage?.OutputPosition ?? Stage2Meta.Read(_store)?.OutputPosition ?? long.MaxValue;

        public IEnumerable<long> Positions => Stage.Raw.Select(raw => raw.Position);

        private Stage2 Stage => _stage ??= Open();

        public void Step()
        {
            switch (world._random.Next(24))
            {
                case 0 when world._random.Next(world._rarity) == 0:
                    Crash();
                    break;
                case < 3 when world._mayLose && world._random.Next(world._rarity) == 0:
                    Crash();
                    _store = new MemoryStore();
                    break;
                case < 12:
                    Take(world._random.Next(1, 8));
                    break;
                case < 15:
                    ReadBack(world._random.Next(1, 5));
                    break;
                default:
                    Say(world._random.Next(1, world._mostSaid), mayFail: true);
                    break;
            }
        }

        public void Finish()
        {
            Take(int.MaxValue);
            ReadBack(int.MaxValue);
            var rounds = 0;
            do
            {
                if (rounds++ == RoundsMax)
                {
                    throw new InvalidOperationException($"Stage 2 of partition {partition} does not come to rest: {Stage.Dirty} cells.");
                }

                Say(100, mayFail: false);
                ReadBack(int.MaxValue);
            }
            while (!Stage.Missing.Any() && (Stage.Dirty > 0 || !Stage.IsReconciled));
        }

        private Stage2 Open()
        {
            _incarnation++;
            var stage = new Stage2(world._plan, Epoch, RawPartitions, world._partials[partition].Count, _store);
            foreach (var raw in stage.Unasked.ToList())
            {
                stage.Want(raw, ++world._requests[raw]);
            }

            _stage = stage;
            ReadBack(int.MaxValue);
            stage.Reconcile();
            return stage;
        }

        private void Take(int most)
        {
            var log = world._partials[partition];
            for (var i = 0; i < most && Stage.Position < log.Count; i++)
            {
                Stage.Take(log[(int)Stage.Position], Stage.Position);
            }

            Stage.Commit();
        }

        private void ReadBack(int most)
        {
            var log = world._output[partition];
            for (var at = (int)Stage.OutputPosition; at < log.Count && most > 0; at++)
            {
                if (!log[at].IsGone)
                {
                    Stage.Seen(log[at].Cell, PublishedRow.Read(PublishedRow.Of(world._plan, log[at].Row).Write()), log[at].Writer == (_writer * 1000) + _incarnation, at);
                    most--;
                }
            }

            Stage.Commit();
        }

        private void Say(int most, bool mayFail)
        {
            Stage.Commit();
            if (_underWay is null)
            {
                _underWay = Stage.Begin(most);
                foreach (var (cell, row) in _underWay.Rows)
                {
                    world._output[partition].Add(new Output(cell, row, (_writer * 1000) + _incarnation));
                    if (mayFail && world.Fails())
                    {
                        Crash();
                        return;
                    }
                }
            }

            // Others write, and are read, while an acknowledgement is awaited.
            if (!mayFail || world._random.Next(2) == 0)
            {
                Stage.End(_underWay);
                _underWay = null;
            }
        }

        private void Crash() => (_stage, _underWay) = (null, null);
    }
}
