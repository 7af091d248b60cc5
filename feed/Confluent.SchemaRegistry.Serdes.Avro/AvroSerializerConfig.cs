namespace Confluent.SchemaRegistry.Serdes;

/// <summary>Settings of the serializer.</summary>
public class AvroSerializerConfig
{
    /// <summary>Whether schemas are registered when they are first used. Default true.</summary>
    public bool? AutoRegisterSchemas { get; set; }

    /// <summary>Whether schemas are normalized when registered. Default false.</summary>
    public bool? NormalizeSchemas { get; set; }

    /// <summary>How subjects are named. Default by topic.</summary>
    public SubjectNameStrategy? SubjectNameStrategy { get; set; }

    /// <summary>First size of the buffer in bytes. Default 1,024.</summary>
    public int? BufferBytes { get; set; }
}

/// <summary>Settings of the deserializer.</summary>
public class AvroDeserializerConfig
{
    /// <summary>How subjects are named. Default by topic.</summary>
    public SubjectNameStrategy? SubjectNameStrategy { get; set; }
}
