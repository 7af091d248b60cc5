namespace Streams.Processors.Aggregates;

/// <summary>
/// Cells of stage 1 whose newest state was not acknowledged yet. Of sessions these are slots and groups: a group's statement says that its slots are
/// of one moment, so it comes when all of them are said.
/// </summary>
internal sealed class DirtyCells(bool hasSessions)
{
    private readonly HashSet<Cell> _cells = [];
    private readonly Dictionary<Cell, HashSet<Cell>> _slots = [];
    private int _slotCount;

    /// <summary>How many.</summary>
    public int Count => _cells.Count + _slotCount;

    /// <summary>Whether a cell was not there.</summary>
    public bool Add(Cell cell)
    {
        if (!IsSlot(cell))
        {
            return _cells.Add(cell);
        }

        if (!_slots.TryGetValue(cell.Group, out var slots))
        {
            _slots[cell.Group] = slots = [];
        }

        var isNew = slots.Add(cell);
        _slotCount += isNew ? 1 : 0;
        return isNew;
    }

    /// <summary>Takes a cell out.</summary>
    public void Remove(Cell cell)
    {
        if (!IsSlot(cell))
        {
            _cells.Remove(cell);
        }
        else if (_slots.TryGetValue(cell.Group, out var slots) && slots.Remove(cell))
        {
            _slotCount--;
            if (slots.Count == 0)
            {
                _slots.Remove(cell.Group);
            }
        }
    }

    /// <summary>At most so many, in the order in which they are to be said; of a group that has more slots some of them, without the group.</summary>
    public IEnumerable<Cell> Take(int max) => hasSessions ? TakeSlots(max) : _cells.Take(max);

    private IEnumerable<Cell> TakeSlots(int max)
    {
        foreach (var group in _cells)
        {
            foreach (var slot in _slots.GetValueOrDefault(group) ?? [])
            {
                if (max-- <= 0)
                {
                    yield break;
                }

                yield return slot;
            }

            if (max-- <= 0)
            {
                yield break;
            }

            yield return group;
        }
    }

    private bool IsSlot(Cell cell) => hasSessions && cell.WindowStart is not null;
}
