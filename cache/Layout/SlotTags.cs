using System.Text;
using Streams.Core.Fencing;

namespace Streams.Cache.Layout;

/// <summary>
/// For each hash slot the first base-36 number that hashes to it: the fence table of a slot lives at <c>streams:f:{tag}</c>, in the slot itself.
/// The table is part of the layout in Redis and never changes (a test freezes it).
/// </summary>
public static class SlotTags
{
    private static readonly string[] Tags = Search();

    /// <summary>The tag of a slot.</summary>
    /// <param name="slot">0 … 16383.</param>
    public static string Of(int slot) => Tags[slot];

    private static string[] Search()
    {
        var tags = new string[CacheSlot.Count];
        Span<byte> text = stackalloc byte[8];
        var found = 0;
        for (var number = 0; found < CacheSlot.Count; number++)
        {
            var length = Base36(number, text);
            ref var tag = ref tags[CacheSlot.Of(text[..length]).Number];
            if (tag is null)
            {
                tag = Encoding.ASCII.GetString(text[..length]);
                found++;
            }
        }

        return tags;
    }

    private static int Base36(int number, Span<byte> text)
    {
        var digits = number == 0 ? "0" : "";
        for (; number > 0; number /= 36)
        {
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + digits;
        }

        return Encoding.ASCII.GetBytes(digits, text);
    }
}
