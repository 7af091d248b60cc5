using Avro;
using Avro.Generic;
using Streams.Core.Rules;
using Streams.Core.Values;

namespace Streams.Debezium;

/// <summary>A row as an Avro record.</summary>
internal sealed class AvroRowImage(GenericRecord row) : IRowImage
{
    private readonly GenericRecord _row = row;

    public bool Has(string column) => _row.TryGetValue(column, out var value) && value is not IRowImage.Placeholder;

    public string? Text(ColumnDescription column)
    {
        if (!_row.TryGetValue(column.Name, out var value) || value is IRowImage.Placeholder)
        {
            throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");
        }

        return value switch
        {
            null => null,
            int number => ColumnText.OfInteger(column, number),
            long number => ColumnText.OfInteger(column, number),
            string text when column.Type == "numeric" => ColumnValue.OfDecimalText(column, text).ToText(),
            string text => ColumnText.OfText(column, text),
            bool flag => flag ? "true" : "false",
            AvroDecimal number when column.Type == "numeric" => ColumnText.OfDecimal(number.UnscaledValue, number.Scale),
            GenericRecord struct_ when column.Type == "numeric" => Variable(struct_, column),
            _ => throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type} holds {value.GetType().Name}."),
        };
    }

    public SqlValue Value(ColumnDescription column, SqlType type)
    {
        if (!_row.TryGetValue(column.Name, out var value) || value is IRowImage.Placeholder)
        {
            throw ChangeErrors.ValueUnavailable.With($"Column '{column.Name}'.");
        }

        return value switch
        {
            null => SqlValue.Null,
            _ when type.Kind == SqlKind.Opaque => SqlValue.Opaque,
            bool flag => SqlValue.Of(flag),
            int number => ColumnValue.OfInteger(column, type, number),
            long number => ColumnValue.OfInteger(column, type, number),
            AvroDecimal number => ColumnValue.OfDecimal(column, number.UnscaledValue, number.Scale),
            GenericRecord number when type.Kind == SqlKind.Numeric && number["value"] is byte[] unscaled && number["scale"] is int scale
                => ColumnValue.OfDecimal(column, unscaled, scale),
            string text when type.Kind == SqlKind.Numeric => ColumnValue.OfDecimalText(column, text),
            string text => ColumnValue.OfText(column, type, text),
            _ => throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' of type {column.Type} holds {value.GetType().Name}."),
        };
    }

    public bool SameValue(IRowImage after, string column) =>
        after is AvroRowImage image
        && image._row.TryGetValue(column, out var theirs)
        && _row.TryGetValue(column, out var ours)
        && (theirs is IRowImage.Placeholder || Same(ours, theirs));

    /// <summary>Debezium's VariableScaleDecimal: numeric without a declared scale.</summary>
    private static string Variable(GenericRecord number, ColumnDescription column) =>
        number.TryGetValue("scale", out var scale) && scale is int digits && number.TryGetValue("value", out var value) && value is byte[] unscaled
            ? ColumnText.OfDecimal(unscaled, digits)
            : throw ChangeErrors.UnsupportedValue.With($"Column '{column.Name}' holds a record that is not a VariableScaleDecimal.");

    private static bool Same(object? ours, object? theirs) =>
        ours is byte[] left && theirs is byte[] right ? left.AsSpan().SequenceEqual(right) : Equals(ours, theirs);
}
