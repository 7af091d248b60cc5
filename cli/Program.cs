using System.CommandLine;
using Streams.Cli.Commands;

var root = new RootCommand("Streams: change data capture from Postgres through Kafka to a Redis cache that cannot go stale.")
{
    UpCommand.Create(), RunCommand.Create(), ApplyCommand.Create(), SoakCommand.Create(), AggregateCommand.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
