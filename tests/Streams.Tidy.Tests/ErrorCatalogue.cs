using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streams.Tidy.Tests;

/// <summary>One numbered error as its definition says it.</summary>
/// <param name="Code">STR and four digits.</param>
/// <param name="Kind">How it is treated.</param>
/// <param name="Title">What it says.</param>
/// <param name="Remedy">What mends it.</param>
/// <param name="Field">Name of the catalogue entry; null for a script.</param>
/// <param name="At">Where it is defined.</param>
internal sealed record ErrorEntry(string Code, string Kind, string Title, string Remedy, string? Field, string At)
{
    private static readonly Regex InScript = new(@"fail (STR\d{4}) ""((?:[^""\\]|\\.)*)"" ""((?:[^""\\]|\\.)*)""");

    /// <summary>Every entry of the C# code and of the scripts, by code.</summary>
    internal static IReadOnlyList<ErrorEntry> All { get; } =
        [.. Repository.Product.SelectMany(InCode).Concat(Repository.Files(".sh").SelectMany(InShell)).OrderBy(e => e.Code, StringComparer.Ordinal)];

    private static IEnumerable<ErrorEntry> InCode(SourceFile file)
    {
        foreach (var creation in file.Nodes<BaseObjectCreationExpressionSyntax>())
        {
            var arguments = creation.ArgumentList?.Arguments.Select(a => a.Expression).ToArray() ?? [];
            if (arguments.Length == 4 && Text(arguments[0]) is { } code && Regex.IsMatch(code, @"^STR\d{4}$"))
            {
                var field = creation.FirstAncestorOrSelf<VariableDeclaratorSyntax>()?.Identifier.Text ?? creation.FirstAncestorOrSelf<PropertyDeclarationSyntax>()?.Identifier.Text;
                var kind = arguments[1].ToString().Split('.')[^1];
                yield return new(code, kind, Text(arguments[2]) ?? "", Text(arguments[3]) ?? "", field, file.At(creation.GetLocation()));
            }
        }
    }

    private static IEnumerable<ErrorEntry> InShell(string path) => InScript.Matches(Repository.Read(path))
        .Select(m => new ErrorEntry(m.Groups[1].Value, "Permanent", m.Groups[2].Value, m.Groups[3].Value, null, path));

    /// <summary>The value of a literal, or of several added up.</summary>
    private static string? Text(ExpressionSyntax expression) => expression switch
    {
        LiteralExpressionSyntax literal => literal.Token.ValueText,
        BinaryExpressionSyntax sum when Text(sum.Left) is { } left && Text(sum.Right) is { } right => left + right,
        ParenthesizedExpressionSyntax inner => Text(inner.Expression),
        _ => null,
    };
}
