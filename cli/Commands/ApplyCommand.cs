using System.CommandLine;
using Streams.Cli.Stack;
using Streams.Configuration;
using Streams.Hosting.Options;

namespace Streams.Cli.Commands;

/// <summary><c>streams apply</c>: schema, roles, topics and connectors in servers that are already there; may be repeated.</summary>
internal static class ApplyCommand
{
    public static Command Create()
    {
        var connect = new Option<string?>("--connect") { Description = "Base URL of Kafka Connect; without it no connector is installed" };
        var connectors = new Option<string>("--connectors") { Description = "Folder of connector files", DefaultValueFactory = _ => Path.Combine("debezium", "connectors") };
        var command = new Command("apply", "Puts schema, roles, topics and connectors in place. Reads the same STREAMS__… variables as the services.") { connect, connectors };
        command.SetAction((parsed, cancellationToken) => Guarded.RunAsync(async () =>
        {
            var definition = StreamsFile.Load(Variable("STREAMS__FILE") ?? "streams.yaml");
            var postgres = Variable("STREAMS__POSTGRES__CONNECTIONSTRING") ?? new PostgresOptions().ConnectionString;
            await StackSetup.MigrateAsync(postgres, Variable("STREAMS__SOURCE__REPLICATIONPASSWORD"), cancellationToken);
            Console.WriteLine("schema is up to date");
            await StackSetup.CreateTopicsAsync(Variable("STREAMS__KAFKA__BOOTSTRAPSERVERS") ?? new KafkaOptions().BootstrapServers, definition);
            Console.WriteLine("topics are there");
            if (parsed.GetValue(connect) is { } url)
            {
                await StackSetup.InstallConnectorsAsync(url, parsed.GetRequiredValue(connectors), postgres, Variable, cancellationToken);
                Console.WriteLine("connectors run");
            }

            return 0;
        }));
        return command;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
