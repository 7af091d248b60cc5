namespace Avro;

/// <summary>Base of Avro's errors.</summary>
public class AvroException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A schema text that is not a schema.</summary>
public class SchemaParseException(string message, Exception? inner = null) : AvroException(message, inner);

/// <summary>A value or schema of the wrong type.</summary>
public class AvroTypeException(string message) : AvroException(message);
