using System.Diagnostics;

namespace Streams.FenceChecker.Tests.Engine;

/// <summary>
/// Breadth-first search over every reachable state of a model; deterministic, single-threaded, so that a counterexample is a shortest one
/// and the same in every run.
/// </summary>
public sealed class Explorer<TState>
    where TState : unmanaged
{
    private readonly IModel<TState> _model;
    private readonly int _limit;
    private readonly StateSet<TState> _seen = new();
    private readonly Steps<TState> _steps = new();
    private readonly ProgressGraph? _progress;

    private Explorer(IModel<TState> model, bool live, int limit)
    {
        _model = model;
        _limit = limit;
        _progress = live ? new ProgressGraph() : null;
    }

    /// <summary>Explores all of <paramref name="model"/>.</summary>
    /// <param name="model">What to explore.</param>
    /// <param name="live">Whether to ask for liveness too.</param>
    /// <param name="limit">Most states to keep: bounds memory.</param>
    public static Outcome Explore(IModel<TState> model, bool live, int limit)
    {
        var watch = Stopwatch.StartNew();
        var outcome = new Explorer<TState>(model, live, limit).Run();
        return outcome with { Elapsed = watch.Elapsed };
    }

    private Outcome Run()
    {
        _seen.Add(_model.Initial, -1, out _);
        for (var number = 0; number < _seen.Count; number++)
        {
            if (_model.Violation(_seen[number]) is { } reason)
            {
                return End(Verdict.Unsafe, reason, number);
            }

            if (_seen.Count > _limit)
            {
                return End(Verdict.Unfinished, null, -1);
            }

            Visit(number);
        }

        if (_progress is null)
        {
            return End(Verdict.Safe, null, -1);
        }

        var dead = _progress.FirstDead(number => _model.IsGood(_seen[number]));
        return dead < 0
            ? End(Verdict.SafeAndLive, null, -1)
            : End(Verdict.Dead, "no way without new commits or faults to a hit that holds every visible transaction", dead);
    }

    private void Visit(int number)
    {
        _progress?.NextState();
        _steps.Clear();
        _model.Expand(_seen[number], _steps);
        for (var i = 0; i < _steps.Count; i++)
        {
            var (step, state) = _steps[i];
            _model.Canonicalize(ref state);
            _seen.Add(state, number, out var target);
            if (step.IsProgress)
            {
                _progress?.Add(target);
            }
        }
    }

    private Outcome End(Verdict verdict, string? reason, int number) =>
        new(verdict, _seen.Count, TimeSpan.Zero, reason, number < 0 ? [] : Trace(number));

    private List<Step> Trace(int number)
    {
        var trace = new List<Step>();
        for (var at = number; _seen.ParentOf(at) >= 0; at = _seen.ParentOf(at))
        {
            trace.Add(StepInto(_seen.ParentOf(at), at));
        }

        trace.Reverse();
        return trace;
    }

    /// <summary>Steps are not stored: the first one that leads from the parent to the child is found again.</summary>
    private Step StepInto(int parent, int child)
    {
        _steps.Clear();
        _model.Expand(_seen[parent], _steps);
        for (var i = 0; i < _steps.Count; i++)
        {
            var (step, state) = _steps[i];
            _model.Canonicalize(ref state);
            _seen.Add(state, parent, out var number);
            if (number == child)
            {
                return step;
            }
        }

        throw new InvalidOperationException("The model is not deterministic: a step that was seen before is gone.");
    }
}
