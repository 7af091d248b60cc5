using System.CommandLine;
using Streams.Bench;

var rows = new Option<long>("--rows") { Description = "Rows to insert; three tenths of them are updated once", DefaultValueFactory = _ => 1_000_000 };
var minutes = new Option<int>("--windows") { Description = "60-second windows that the rows are spread over; each has 50 groups", DefaultValueFactory = _ => 30 };
var runs = new Option<int>("--runs") { Description = "Backfills that are measured, after one that warms up", DefaultValueFactory = _ => 3 };
var aggregates = new Command("aggregates", "Both stages on a local stack, broker included: throughput, a lost store, memory; beside them a reader that only decodes.") { rows, minutes, runs };
aggregates.SetAction((parsed, cancellationToken) => AggregateBench.RunAsync(parsed.GetValue(rows), parsed.GetValue(minutes), parsed.GetValue(runs), cancellationToken));
var group = new Option<long>("--rows") { Description = "Rows of the group", DefaultValueFactory = _ => 1_000_000 };
var members = new Command("members", "One group of all rows with min, max and top-N: what changes of it cost, verified against SQL.") { group };
members.SetAction((parsed, cancellationToken) => MembersBench.RunAsync(parsed.GetValue(group), cancellationToken));
return await new RootCommand("Benchmarks. Each starts its servers, measures beside a peer in the same run, and leaves nothing behind.") { aggregates, members }
    // Ctrl-C waits until the servers are gone.
    .Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
