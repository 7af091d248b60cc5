using System.Numerics;
using Streams.FenceChecker.Tests.Rules;
using Streams.FenceChecker.Tests.Tokens;

namespace Streams.FenceChecker.Tests.Mutants;

/// <summary>Rules of read-your-writes, removed one by one.</summary>
public static class TokenMutants
{
    /// <summary>In the order of their numbers.</summary>
    public static IEnumerable<Mutant> All =>
    [
        Of("M32", "the token is the set of the session's transactions: only the highest", new OnlyTheHighest()),
        Of("M32-header", "the header's snapshot is of the data's statement: a later one", new HeaderOfALaterStatement()),
        Of("M32-forget", "a forgotten write becomes the token's floor: no floor", new ForgottenBelowXmin()),
    ];

    private static Mutant Of(string rule, string what, ProtocolRules rules) => Mutant.Of(rule, what, new TokenModel(rules, 2, 2));

    private sealed class OnlyTheHighest : ProtocolRules
    {
        public override TokenView AddToToken(TokenView token, byte transaction)
        {
            var all = base.AddToToken(token, transaction);
            return all with { Named = (byte)(1 << BitOperations.Log2(all.Named)) };
        }
    }

    private sealed class HeaderOfALaterStatement : ProtocolRules
    {
        public override bool HeaderIsOfTheData => false;
    }

    private sealed class ForgottenBelowXmin : ProtocolRules
    {
        public override TokenView Forget(TokenView token, byte visible) => base.Forget(token, visible) with { Floor = token.Floor };
    }
}
