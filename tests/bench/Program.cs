using System.CommandLine;
using Streams.Bench;
using Streams.Bench.Peer;

var rows = new Option<long>("--rows") { Description = "Rows to insert", DefaultValueFactory = _ => 1_000_000 };
var minutes = new Option<int>("--windows") { Description = "60-second windows that the rows are spread over; each has 50 groups", DefaultValueFactory = _ => 30 };
var runs = new Option<int>("--runs") { Description = "Backfills that are measured, after one that warms up", DefaultValueFactory = _ => 3 };
var updated = new Option<int>("--updated") { Description = "Percent of the rows that are updated once", DefaultValueFactory = _ => 30 };
var losses = new Option<int>("--losses") { Description = "Lost stores that are measured", DefaultValueFactory = _ => 2 };
var streamiz = new Option<bool>("--peer") { Description = "Whether Kafka Streams' aggregate is measured as well; it takes most of the time", DefaultValueFactory = _ => true };
var aggregates = new Command("aggregates", "Both stages on a local stack, broker included: throughput, a lost store, memory; beside them a reader that only decodes, and Kafka Streams' aggregate of a table by its port to .NET.") { rows, minutes, updated, runs, losses, streamiz };
aggregates.SetAction((parsed, cancellationToken) => AggregateBench.RunAsync(parsed.GetValue(rows), parsed.GetValue(minutes), parsed.GetValue(updated), parsed.GetValue(runs), parsed.GetValue(losses), parsed.GetValue(streamiz), cancellationToken));
var group = new Option<long>("--rows") { Description = "Rows of the group", DefaultValueFactory = _ => 1_000_000 };
var distinct = new Option<bool>("--distinct") { Description = "Count of different values instead of min, max and top-N" };
var members = new Command("members", "One group of all rows with measures that know its members: what changes of it cost, verified against SQL.") { group, distinct };
members.SetAction((parsed, cancellationToken) => MembersBench.RunAsync(parsed.GetValue(group), parsed.GetValue(distinct), cancellationToken));
var kafka = new Argument<string>("kafka");
var state = new Argument<string>("state");
var peer = new Command(StreamizPeer.Command, "The peer's own process.") { kafka, state };
peer.Hidden = true;
peer.SetAction((parsed, cancellationToken) => PeerProcess.RunAsync(parsed.GetValue(kafka)!, parsed.GetValue(state)!, cancellationToken));
return await new RootCommand("Benchmarks. Each starts its servers, measures beside a peer in the same run, and leaves nothing behind.") { aggregates, members, peer }
    // SIGINT and SIGTERM wait until the servers are gone.
    .Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
