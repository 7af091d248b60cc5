namespace Avro.Specific;

/// <summary>A record type generated from a schema.</summary>
public interface ISpecificRecord
{
    /// <summary>Its schema.</summary>
    Schema Schema { get; }

    /// <summary>A field by position.</summary>
    object Get(int fieldPos);

    /// <summary>Sets a field by position.</summary>
    void Put(int fieldPos, object fieldValue);
}
