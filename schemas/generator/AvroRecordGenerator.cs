using System;
using System.IO;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Streams.Schemas.Generator;

/// <summary>
/// Turns each <c>*.avsc</c> among the additional files into the classes that Avro's own generator would write: <c>ISpecificRecord</c> with
/// <c>Get</c> and <c>Put</c> by position, enums by symbol. What a schema uses and this cannot write is a compile error with the file's name.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class AvroRecordGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor Unsupported = new DiagnosticDescriptor(
        "STRAVSC1", "Schema cannot be generated", "{0}: {1}", "Streams.Schemas", DiagnosticSeverity.Error, true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var schemas = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".avsc", StringComparison.Ordinal))
            .Select((file, cancellation) => (file.Path, Text: file.GetText(cancellation)?.ToString() ?? ""));
        context.RegisterSourceOutput(schemas, (output, schema) => Generate(output, schema.Path, schema.Text));
    }

    private static void Generate(SourceProductionContext output, string path, string text)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        try
        {
            var source = new RecordWriter().Write(JsonValue.Parse(text));
            output.AddSource(name + ".g.cs", SourceText.From(source, Encoding.UTF8));
        }
        catch (FormatException exception)
        {
            output.ReportDiagnostic(Diagnostic.Create(Unsupported, Location.None, Path.GetFileName(path), exception.Message));
        }
    }
}
