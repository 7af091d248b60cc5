using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Streams.Tidy.Tests;

/// <summary>A call that is not made here, and what is written instead.</summary>
/// <param name="Instead">The replacement, for the message.</param>
/// <param name="Finds">Whether a node is such a call.</param>
internal sealed record BannedCall(string Instead, Func<CSharpSyntaxNode, bool> Finds)
{
    /// <summary>Not in product code.</summary>
    internal static IReadOnlyList<BannedCall> InProduct { get; } =
    [
        Member("DateTime(Offset)?", "(Utc)?Now", "TimeProvider.GetUtcNow() of the injected TimeProvider"),
        Member("Guid", "NewGuid", "an id that the caller or the database gives"),
        Member("Random", "Shared", "a Random that the caller seeds"),
        New("Random", arguments: 0, "a Random that the caller seeds"),
        Member("Console", "(Write(Line)?|Out|Error)", "ILogger; only the command line program writes to the console"),
        Member(".*", "(FlushDatabase|FlushAllDatabases)(Async)?", "UNLINK of what the protocol names"),
        new("await", IsBlockingWait),
        new("the fence's own keys; KEYS, SCAN and FLUSH walk over the user's data", IsKeyspaceCommand),
        new("a narrower fix; warnings are mended, not silenced", node => node is PragmaWarningDirectiveTriviaSyntax { DisableOrRestoreKeyword.Text: "disable" }),
    ];

    /// <summary>Not in tests either.</summary>
    internal static IReadOnlyList<BannedCall> Everywhere { get; } =
    [
        Member("Thread", "Sleep", "waiting for the condition"),
        new("the overload with a TimeProvider, or waiting for the condition", IsDelayByTheWallClock),
        new("handling it, or letting it pass", node => node is CatchClauseSyntax { Block.Statements.Count: 0 }),
        New("NotImplementedException", arguments: null, "the implementation"),
    ];

    private static BannedCall Member(string type, string member, string instead)
    {
        var pattern = new Regex($@"^(System\.)?{type}\.{member}$");
        return new(instead, node => node is MemberAccessExpressionSyntax access && pattern.IsMatch($"{access.Expression}.{access.Name.Identifier.Text}"));
    }

    private static BannedCall New(string type, int? arguments, string instead) => new(
        instead,
        node => node is ObjectCreationExpressionSyntax creation && creation.Type.ToString() == type
            && (arguments is null || creation.ArgumentList?.Arguments.Count == arguments));

    /// <summary><c>x.Result</c>, <c>x.Wait()</c>, <c>x.GetAwaiter().GetResult()</c>. A name in Pascal case before the dot is a type or a property of data.</summary>
    private static bool IsBlockingWait(CSharpSyntaxNode node) => node is MemberAccessExpressionSyntax access && access.Name.Identifier.Text switch
    {
        "GetResult" => access.Expression.ToString().EndsWith(".GetAwaiter()", StringComparison.Ordinal),
        "Wait" => access.Parent is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 },
        "Result" => access.Parent is not InvocationExpressionSyntax && access.Expression is InvocationExpressionSyntax or IdentifierNameSyntax
            && !char.IsUpper(access.Expression.ToString()[0]) | access.Expression.ToString().EndsWith("Async()", StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsDelayByTheWallClock(CSharpSyntaxNode node) =>
        node is InvocationExpressionSyntax call && call.Expression.ToString() == "Task.Delay"
        && !call.ArgumentList.Arguments.Any(a => Regex.IsMatch(a.ToString(), "TimeProvider|[cC]lock|_?time$"));

    private static bool IsKeyspaceCommand(CSharpSyntaxNode node) => node is LiteralExpressionSyntax literal
        && literal.Token.ValueText.ToUpperInvariant() is "KEYS" or "SCAN" or "FLUSHALL" or "FLUSHDB"
        && literal.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && call.Expression.ToString().Contains("Execute", StringComparison.Ordinal);
}
