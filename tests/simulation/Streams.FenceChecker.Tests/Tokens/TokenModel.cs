using Streams.FenceChecker.Tests.Engine;
using Streams.FenceChecker.Tests.Lane;
using Streams.FenceChecker.Tests.Rules;

namespace Streams.FenceChecker.Tests.Tokens;

/// <summary>A reader that will fill.</summary>
public struct TokenReader
{
    /// <summary>0 idle, 1 has its rows.</summary>
    public byte Phase;

    /// <summary>Transactions in the rows.</summary>
    public byte Holds;
}

/// <summary>Postgres, a cached value with a header, one session that writes and reads.</summary>
public struct TokenWorld
{
    /// <summary>Per transaction: 0 not committed, 1 in the WAL, 2 visible. Ids are in order of their numbers, commits are not.</summary>
    public PerTransaction Commit;

    /// <summary>1 = a value is cached.</summary>
    public byte Exists;

    /// <summary>Transactions that it holds.</summary>
    public byte Holds;

    /// <summary>Transactions that its header shows.</summary>
    public byte Header;

    /// <summary>Transactions of the session whose COMMIT has returned.</summary>
    public byte Written;

    /// <summary>Those that its token names one by one.</summary>
    public byte Named;

    /// <summary>Number of transactions from the first that its token asks for as a whole.</summary>
    public byte Floor;

    /// <summary>Readers.</summary>
    public Pair<TokenReader> Readers;
}

/// <summary>
/// Read your writes: a value may be hit with a token only if it holds every write of the session. Invalidations are left out altogether: the promise may not
/// lean on them, for they may be late.
/// </summary>
public sealed class TokenModel(ProtocolRules rules, int transactions, int readers) : IModel<TokenWorld>
{
    /// <inheritdoc/>
    public TokenWorld Initial => default;

    /// <inheritdoc/>
    public void Expand(in TokenWorld state, Steps<TokenWorld> steps)
    {
        for (var t = 0; t < transactions; t++)
        {
            Database(state, t, steps);
        }

        if (state.Exists == 1)
        {
            var next = state;
            (next.Exists, next.Holds, next.Header) = (0, 0, 0);
            steps.Progress("value invalidated", next);
        }

        Forget(state, steps);
        for (var k = 0; k < readers; k++)
        {
            Reader(state, k, steps);
        }
    }

    /// <inheritdoc/>
    public string? Violation(in TokenWorld state)
    {
        if (state.Exists == 0)
        {
            return null;
        }

        if ((state.Header & ~state.Holds) != 0)
        {
            return "I5: the header shows a transaction that the value does not hold";
        }

        return rules.Covers(state.Header, TokenOf(state)) && (state.Written & ~state.Holds) != 0
            ? "I5: the session's token is accepted, and its write is missing"
            : null;
    }

    /// <inheritdoc/>
    public bool IsGood(in TokenWorld state) =>
        state.Exists == 1 && rules.Covers(state.Header, TokenOf(state)) && state.Holds == InPhase(state, 2) && InPhase(state, 1) == 0;

    private static byte InPhase(in TokenWorld state, byte phase)
    {
        byte set = 0;
        for (var t = 0; t < 3; t++)
        {
            set |= (byte)(state.Commit[t] == phase ? 1 << t : 0);
        }

        return set;
    }

    private static TokenView TokenOf(in TokenWorld state) => new(state.Floor, state.Named);

    private static void SetToken(ref TokenWorld state, TokenView token) => (state.Floor, state.Named) = (token.Floor, token.Named);

    private void Database(in TokenWorld state, int t, Steps<TokenWorld> steps)
    {
        var next = state;
        if (state.Commit[t] == 0)
        {
            next.Commit[t] = 1;
            steps.Chance("commit record of T", next, t);
        }
        else if (state.Commit[t] == 1)
        {
            next.Commit[t] = 2;
            steps.Progress("visible, of somebody else: T", next, t);
            next.Written |= (byte)(1 << t);
            SetToken(ref next, rules.AddToToken(TokenOf(state), (byte)t));
            steps.Chance("visible, COMMIT returns to the session: T", next, t);
        }
    }

    /// <summary>The session sees a snapshot of the primary, whichever key it was for.</summary>
    private void Forget(in TokenWorld state, Steps<TokenWorld> steps)
    {
        var next = state;
        SetToken(ref next, rules.Forget(TokenOf(state), InPhase(state, 2)));
        if (TokenOf(next) != TokenOf(state))
        {
            steps.Chance("session sees a snapshot", next, -1, InPhase(state, 2));
        }
    }

    private void Reader(in TokenWorld state, int k, Steps<TokenWorld> steps)
    {
        var next = state;
        ref var reader = ref next.Readers[k];
        if (reader.Phase == 0)
        {
            (reader.Phase, reader.Holds) = (1, InPhase(state, 2));
            steps.Progress("snapshot by reader", next, k, reader.Holds);
            return;
        }

        (next.Exists, next.Holds) = (1, reader.Holds);
        next.Header = rules.HeaderIsOfTheData ? reader.Holds : InPhase(state, 2);
        reader = default;
        steps.Progress("FILL by reader", next, k, next.Header);
    }
}
