using System.Diagnostics;
using System.Globalization;
using Streams.Cli.Stack;

namespace Streams.Bench;

/// <summary>One group of all rows, with every measure that has to know its members: what a change of it costs, and whether it still equals SQL.</summary>
internal static class MembersBench
{
    private const string Ordered = """lowest: min(quantity), highest: max(quantity), best: "top(10, quantity)" """;
    private const string Distinct = "different: count(distinct quantity)";

    public static async Task<int> RunAsync(long members, bool isDistinct, CancellationToken cancellationToken)
    {
        await using var stack = await BenchStack.StartAsync(
            $$"""
            aggregates:
              - name: bench
                table: public.inventory
                groupBy: [store_id]
                measures: { members: count, {{(isDistinct ? Distinct : Ordered)}} }
            """,
            cancellationToken);
        var since = Stopwatch.GetTimestamp();
        await stack.SqlAsync(string.Create(CultureInfo.InvariantCulture, $"""
            SET session_replication_role = replica;
            INSERT INTO inventory (product_id, store_id, quantity) SELECT i, 1, (i::bigint * 7919) % 1000003 FROM generate_series(1, {members}) i;
            SET session_replication_role = DEFAULT
            """), cancellationToken);
        var exit = await VerifyAsync(stack, cancellationToken);
        Console.WriteLine($"{members} members inserted in one transaction and contained after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s");
        foreach (var (what, sql) in new[]
        {
            ("the 1,000 best deleted", "DELETE FROM inventory WHERE quantity IN (SELECT quantity FROM inventory ORDER BY quantity DESC LIMIT 1000)"),
            ("one row is the best, then the worst", "UPDATE inventory SET quantity = 2000000 WHERE product_id = 17; UPDATE inventory SET quantity = 0 WHERE product_id = 17"),
            ("a key changed", "UPDATE inventory SET product_id = -product_id WHERE product_id = 18"),
        })
        {
            since = Stopwatch.GetTimestamp();
            await stack.SqlAsync($"SET session_replication_role = replica; {sql}; SET session_replication_role = DEFAULT", cancellationToken);
            exit |= await VerifyAsync(stack, cancellationToken);
            Console.WriteLine($"{what}: contained after {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s, verification included");
        }

        return exit;
    }

    /// <summary><c>streams agg verify</c>, as an operator would.</summary>
    private static async Task<int> VerifyAsync(BenchStack stack, CancellationToken cancellationToken)
    {
        using var verify = Process.Start(new ProcessStartInfo("dotnet", [typeof(Endpoints).Assembly.Location, "agg", "verify", BenchStack.Aggregate, "--quiesce", "--dir", stack.Folder])
        {
            // Where its streams.yaml is.
            WorkingDirectory = stack.Project,
        })!;
        await verify.WaitForExitAsync(cancellationToken);
        return verify.ExitCode;
    }
}
