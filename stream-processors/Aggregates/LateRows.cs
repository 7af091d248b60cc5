using Streams.Core.Aggregates;
using Streams.Core.Values;
using Streams.Processors.Aggregates.State;

namespace Streams.Processors.Aggregates;

/// <summary>
/// Late rows of stage 1: noted in the batch of the fold that met them, gone when the broker has acknowledged their report. A crash in between leaves
/// the note, and the report is made again with the same key. What is late depends on the record and the row before it, never on when it is folded.
/// </summary>
/// <param name="plan">The aggregate.</param>
/// <param name="raw">Raw partition.</param>
/// <param name="epoch">Epoch.</param>
/// <param name="from">Changes below this offset are not reported: an epoch before has done so, or they are older than the aggregate.</param>
/// <param name="store">The task's store.</param>
internal sealed class LateRows(AggregatePlan plan, int raw, long epoch, long from, IStateStore store)
{
    private static readonly byte[] End = [byte.MaxValue];
    private readonly StateBatch _notes = new();
    private byte[] _first = [];

    /// <summary>Notes whose report was not acknowledged yet.</summary>
    public int Count { get; private set; } = plan.Window is null ? 0 : store.Scan(StateFamily.Late, []).Count();

    /// <summary>Notes a row that goes into a cell (+1) or out of it (-1), if it is late.</summary>
    public void Note(RawChange change, Cell cell, SqlValue instant, int sign)
    {
        // When the row of a snapshot was committed is not known.
        if (plan.Window is not { } window || change.IsSnapshot || change.Offset < from)
        {
            return;
        }

        var lateBy = change.CommitMicros - ClosesAt(window, cell, instant.Micros) - WindowMath.Micros(window.Grace);
        if (lateBy > 0)
        {
            var value = new ValueWriter().Number(instant.Micros).Number(change.CommitMicros).Number(lateBy).Value(SqlValue.Of(RowKey.TextOf(change.Key)));
            _notes.Put(StateFamily.Late, KeyOf(change.Offset, cell, sign > 0), value.ToArray());
            Count++;
        }
    }

    /// <summary>The oldest notes as written, at most so many.</summary>
    public IReadOnlyList<LateReport> Reports(int most) => Count == 0 ? [] : [.. store.Range(StateFamily.Late, _first, End).Take(most).Select(Read)];

    /// <summary>The broker has acknowledged reports that <see cref="Reports"/> gave.</summary>
    public void Reported(IReadOnlyList<LateReport> reports)
    {
        foreach (var report in reports)
        {
            // The next look begins here: what was deleted before lies in the way of one from the start.
            _first = KeyOf(report.Row.Change.Offset, report.Cell, report.Row.Change.IsIn);
            _notes.Delete(StateFamily.Late, _first);
        }

        Count -= reports.Count;
    }

    /// <summary>Moves the changes into a batch.</summary>
    public void Into(StateBatch batch) => _notes.MoveTo(batch);

    private LateReport Read(KeyValuePair<byte[], byte[]> note)
    {
        var key = new ValueReader(note.Key);
        var offset = key.Sorted();
        var cell = Cell.Of(key.Rest[..^1]);
        var value = new ValueReader(note.Value);
        var (instant, committed, lateBy) = (value.Number(), value.Number(), value.Number());
        var (groups, start) = cell.Read(plan);
        var (first, end) = IsSession(plan.Window!) ? (instant, instant) : (start!.Value, WindowMath.EndOf(plan.Window!, start.Value));
        return new LateReport(cell, new LateRow(new LateChange(raw, offset, note.Key[^1] != 0, value.Value().Text, instant, committed, lateBy, epoch), groups, first, end));
    }

    /// <summary>Which session a row is in depends on others: it is taken for one by itself.</summary>
    private static long ClosesAt(WindowDefinition window, Cell cell, long instant) => WindowMath.EndOf(window, IsSession(window) ? instant : cell.WindowStart!.Value);

    private static bool IsSession(WindowDefinition window) => window.Kind == WindowKind.Session;

    private static byte[] KeyOf(long offset, Cell cell, bool isIn) => new ValueWriter().Sorted(offset).Raw(cell.Bytes).Byte((byte)(isIn ? 1 : 0)).ToArray();
}

/// <summary>A late row that is to be reported.</summary>
/// <param name="Cell">Its cell: the report goes to the partition of the cell's rows.</param>
/// <param name="Row">What is said.</param>
public sealed record LateReport(Cell Cell, LateRow Row);
