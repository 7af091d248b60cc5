using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using StackExchange.Redis;

namespace Streams.Feed.Tests;

/// <summary>A stand-in that lacks a member fails only when the member is first called; here all are looked up at once.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Given_the_Redis_client_When_all_its_references_are_resolved_Then_none_is_missing()
    {
        var module = typeof(ConnectionMultiplexer).Module;
        using var file = new PEReader(File.OpenRead(module.FullyQualifiedName));
        var metadata = file.GetMetadataReader();
        var missing = metadata.MemberReferences.Select(reference => Missing(module, reference)).OfType<string>().ToArray();
        Assert.True(missing.Length == 0, string.Join(Environment.NewLine, missing));
        Assert.True(metadata.MemberReferences.Count > 1_000);
    }

    private static string? Missing(Module module, MemberReferenceHandle reference)
    {
        // Any type does for the parameters of an open generic: only the look-up matters.
        Type[] any = [.. Enumerable.Repeat(typeof(string), 4)];
        try
        {
            module.ResolveMember(MetadataTokens.GetToken(reference), any, any);
            return null;
        }
        catch (TypeLoadException constraint) when (constraint.Message.Contains("violates the constraint", StringComparison.Ordinal))
        {
            // A constraint of the client's own that string does not meet; the types were found.
            return null;
        }
        catch (Exception problem) when (problem is MissingMemberException or TypeLoadException or FileNotFoundException)
        {
            return problem.Message;
        }
    }
}
