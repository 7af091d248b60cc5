using Streams.Core.Aggregates;
using Streams.Core.Values;

namespace Streams.Processors.Aggregates.Sessions;

/// <summary>
/// Sessions are kept in slots: aligned windows as long as the gap. The rows of a group in one slot are always of one session, and only slots that are
/// neighbours can be; so a slot says its first and last instant beside the measures, and a session is a run of slots.
/// </summary>
internal static class SlotPlan
{
    /// <summary>The plan of the slots: the same measures in the same places, then first and last instant. Other plans are their own.</summary>
    public static AggregatePlan Of(AggregatePlan plan) => plan.HasSessions
        ? plan with
        {
            Definition = plan.Definition with { Window = plan.Window! with { Kind = WindowKind.Tumbling } },
            Measures = [.. plan.Measures, Bound(plan, "first", MeasureKind.Minimum), Bound(plan, "last", MeasureKind.Maximum)],
        }
        : plan;

    /// <summary>First and last instant of a slot that has rows, microseconds since 1970.</summary>
    public static (long First, long Last) Bounds(CellPartial slot) => (slot.Extras[^2].Best[0].Value.Micros, slot.Extras[^1].Best[0].Value.Micros);

    private static Measure Bound(AggregatePlan plan, string name, MeasureKind kind) => new($"streams_{name}", kind, plan.WindowOn, 0, plan.WindowOn!.Type);
}
