using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using Streams.AnalyticsSink.Shapes;

namespace Streams.AnalyticsSink.Reading;

/// <summary>Where a page ended: the key of its last row. Rows that come or go meanwhile neither repeat nor hide others.</summary>
/// <param name="Table">Table that the key is of.</param>
/// <param name="Key">Values of the key columns; null: NULL.</param>
public sealed record PageCursor(long Table, ImmutableArray<string?> Key)
{
    /// <summary>Its text: letters, digits, - and _.</summary>
    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>From its text.</summary>
    /// <exception cref="FormatException">It is none of this table.</exception>
    public static PageCursor Parse(string text, long table, AggregateShape shape)
    {
        try
        {
            var cursor = JsonSerializer.Deserialize<PageCursor>(Base64Url.DecodeFromChars(text));
            return cursor is { Key.IsDefault: false } && cursor.Table == table && cursor.Key.Length == shape.Key.Length
                ? cursor
                : throw new FormatException($"The cursor is not of this aggregate as it is defined now.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException("The cursor is not one that was given out.", exception);
        }
    }

    /// <summary>Adds the condition that a row comes after the key; NULL comes after every value.</summary>
    public void AddTo(Conditions conditions, AggregateShape shape)
    {
        var places = Key.Select((value, index) => value is null ? null : $"{conditions.Place(value)}::text::{shape.Key[index].SqlType}").ToArray();
        if (shape.Window is not null)
        {
            // Follows from the rest, and is what an index can be searched by.
            conditions.Add($"window_start >= {places[0]}");
        }

        var later = Enumerable.Range(0, places.Length).Where(index => places[index] is not null).Select(index => string.Join(
            " AND ",
            [
                .. Enumerable.Range(0, index).Select(equal => places[equal] is { } place ? $"{Column(equal)} = {place}" : $"{Column(equal)} IS NULL"),
                $"({Column(index)} > {places[index]} OR {Column(index)} IS NULL)",
            ]));
        conditions.Add($"({string.Join(" OR ", later.DefaultIfEmpty("false"))})");

        string Column(int index) => shape.Key[index].Quoted;
    }
}
