using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Streams.Core.Errors;

/// <summary>Checks of what must hold. They stay on in Release: a broken invariant stops the host before it can say something false.</summary>
public static class Invariant
{
    private static readonly StreamsError Broken = new(
        "STR9001", ErrorKind.Invariant, "A broken invariant", "Report it with the log around it; restart replays from the stored position");

    /// <summary>Throws when <paramref name="condition"/> does not hold.</summary>
    public static void Require(
        [DoesNotReturnIf(false)] bool condition, string because, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        if (!condition)
        {
            throw Broken.With($"{because} ({expression}).");
        }
    }
}
