using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streams.Tidy.Tests;

/// <summary>A C# file and its syntax.</summary>
internal sealed class SourceFile
{
    internal SourceFile(string path, string text)
    {
        Path = path;
        Tree = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path);
    }

    /// <summary>From the root of the repository.</summary>
    internal string Path { get; }

    /// <summary>The whole syntax.</summary>
    internal SyntaxTree Tree { get; }

    /// <summary>Whether it belongs to the tests.</summary>
    internal bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    /// <summary>Number of lines.</summary>
    internal int LineCount => Tree.GetText().Lines.Count(line => line.Start < Tree.Length);

    /// <summary>Every node of a kind.</summary>
    internal IEnumerable<T> Nodes<T>()
        where T : SyntaxNode => Tree.GetRoot().DescendantNodes().OfType<T>();

    /// <summary>Comments, not those that document members.</summary>
    internal IEnumerable<SyntaxTrivia> Comments => Tree.GetRoot().DescendantTrivia(descendIntoTrivia: true)
        .Where(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia) || t.IsKind(SyntaxKind.MultiLineCommentTrivia)
            || t.IsKind(SyntaxKind.DocumentationCommentExteriorTrivia));

    /// <summary><c>path:line</c> of a place in it.</summary>
    internal string At(Location location) => $"{Path}:{location.GetLineSpan().StartLinePosition.Line + 1}";

    /// <summary>Functions with their number of lines: methods, constructors, operators, accessors, local functions.</summary>
    internal IEnumerable<(string Name, int Lines)> Functions()
    {
        foreach (var node in Tree.GetRoot().DescendantNodes())
        {
            if (NameOf(node) is { } name)
            {
                var span = node.GetLocation().GetLineSpan();
                yield return (name, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
            }
        }
    }

    private static string? NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        OperatorDeclarationSyntax operation => "operator" + operation.OperatorToken.Text,
        AccessorDeclarationSyntax { Parent.Parent: PropertyDeclarationSyntax property } accessor => property.Identifier.Text + "." + accessor.Keyword.Text,
        _ => null,
    };
}
