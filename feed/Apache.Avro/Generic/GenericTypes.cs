namespace Avro.Generic;

/// <summary>A record whose type is only known at run time.</summary>
public sealed class GenericRecord(RecordSchema schema)
{
    private readonly object?[] _values = new object?[schema.Fields.Count];

    /// <summary>Its schema.</summary>
    public RecordSchema Schema { get; } = schema;

    /// <summary>A field by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public object? this[string fieldName] =>
        TryGetValue(fieldName, out var value) ? value : throw new KeyNotFoundException($"Key name: {fieldName}");

    /// <summary>Sets a field.</summary>
    /// <exception cref="AvroException">There is none of that name.</exception>
    public void Add(string fieldName, object? fieldValue) =>
        _values[Schema[fieldName]?.Pos ?? throw new AvroException($"No such field: {fieldName}")] = fieldValue;

    /// <summary>Sets a field by position.</summary>
    public void Add(int fieldPos, object? fieldValue) => _values[fieldPos] = fieldValue;

    /// <summary>A field by name.</summary>
    public bool TryGetValue(string fieldName, out object? result)
    {
        var field = Schema[fieldName];
        result = field is null ? null : _values[field.Pos];
        return field is not null;
    }

    /// <summary>A field by position.</summary>
    public object? GetValue(int fieldPos) => _values[fieldPos];
}

/// <summary>An enum value whose type is only known at run time.</summary>
public sealed class GenericEnum(EnumSchema schema, string value) : IEquatable<GenericEnum>
{
    /// <summary>Its schema.</summary>
    public EnumSchema Schema { get; } = schema;

    /// <summary>Symbol.</summary>
    public string Value { get; } = schema.Symbols.Contains(value) ? value : throw new AvroException($"Unknown symbol {value}.");

    /// <inheritdoc/>
    public bool Equals(GenericEnum? other) => other?.Value == Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GenericEnum);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A fixed value.</summary>
public sealed class GenericFixed(FixedSchema schema, byte[] value)
{
    /// <summary>Its schema.</summary>
    public FixedSchema Schema { get; } = schema;

    /// <summary>Bytes.</summary>
    public byte[] Value { get; } = value;
}
