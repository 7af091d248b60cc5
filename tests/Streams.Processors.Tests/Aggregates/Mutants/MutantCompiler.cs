using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Streams.Core.Aggregates;

namespace Streams.Processors.Tests.Aggregates.Mutants;

/// <summary>
/// The product's aggregates and the simulation over them, compiled together from their sources: so the product needs no switch for any of its rules.
/// What is parsed, and what the compiler knows of it, is shared by all mutants; each has one file of its own.
/// </summary>
internal static class MutantCompiler
{
    private const string Product = "stream-processors/Aggregates";
    private const string Simulation = "tests/Streams.Processors.Tests/Aggregates";

    /// <summary>Usings that the project files give, and the half of a class that a generator writes.</summary>
    private const string Given = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;

        namespace Streams.Processors.Aggregates
        {
            using System.Text.Json;
            using System.Text.Json.Serialization.Metadata;

            internal sealed partial class TextsJson() : System.Text.Json.Serialization.JsonSerializerContext(null)
            {
                public static TextsJson Default { get; } = new();

                public JsonTypeInfo<string[]> StringArray => (JsonTypeInfo<string[]>)GetTypeInfo(typeof(string[]));

                protected override JsonSerializerOptions GeneratedSerializerOptions => JsonSerializerOptions.Default;

                public override JsonTypeInfo GetTypeInfo(Type type) => JsonSerializerOptions.Default.GetTypeInfo(type);
            }
        }
        """;

    private static readonly string Root =
        typeof(MutantCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "RepoRoot").Value!;

    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    private static readonly Lazy<CSharpCompilation> Original = new(Parse);

    /// <summary>Compiles a mutant, or the product as it is, and gives <see cref="PipelineJudge.Violation"/> over it.</summary>
    public static Func<string, bool, int, string?> Compile(Mutant? mutant)
    {
        var compilation = mutant is null ? Original.Value : Mutate(Original.Value, mutant);
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, $"{mutant?.Name} does not compile: {string.Join("; ", result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error))}");
        assembly.Position = 0;
        return new AssemblyLoadContext(mutant?.Name, isCollectible: true).LoadFromStream(assembly)
            .GetType(typeof(PipelineJudge).FullName!, throwOnError: true)!
            .GetMethod(nameof(PipelineJudge.Violation))!.CreateDelegate<Func<string, bool, int, string?>>();
    }

    private static CSharpCompilation Mutate(CSharpCompilation original, Mutant mutant)
    {
        var path = $"{Product}/{mutant.File}";
        var tree = original.SyntaxTrees.Single(tree => tree.FilePath == path);
        var pieces = tree.ToString().Split(mutant.Text);
        Assert.True(pieces.Length == 2, $"{mutant.Name}: {path} has {pieces.Length - 1} times what the rule was. It is written differently now: say it anew.");
        return original.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(string.Join(mutant.Replacement, pieces), Options, path));
    }

    private static CSharpCompilation Parse()
    {
        var sources = Files(Product, "*.cs", SearchOption.AllDirectories)
            .Concat(new[] { "Oracle.cs", "PipelineJudge.cs", "PipelinePlans.cs", "PipelineSimulation*.cs", "Sales.cs" }.SelectMany(pattern => Files(Simulation, pattern, SearchOption.TopDirectoryOnly)));
        var framework = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System*.dll");
        return CSharpCompilation.Create(
            "Streams.Mutant",
            [CSharpSyntaxTree.ParseText(Given, Options), .. sources.Select(path => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Root, path)), Options, path))],
            framework.Append(typeof(AggregatePlan).Assembly.Location).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
    }

    private static IEnumerable<string> Files(string folder, string pattern, SearchOption depth) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, depth).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
