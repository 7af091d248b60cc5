using Confluent.Kafka;
using Npgsql;
using Streams.Cli.Aggregates;
using Streams.Core.Errors;
using Streams.Core.Rules;
using Streams.Postgres;

namespace Streams.Cli.Commands;

/// <summary>Errors of a command as a person wants to read them: what, where, remedy; the stack trace only for what nobody foresaw.</summary>
internal static class Guarded
{
    /// <summary>Runs it; 1 after a coded error, 130 after Ctrl-C.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (KafkaException exception)
        {
            await Console.Error.WriteLineAsync(CliErrors.KafkaUnreachable.With(exception.Error.Reason, exception).Message);
            return 1;
        }
        catch (NpgsqlException exception)
        {
            await Console.Error.WriteLineAsync(PostgresErrors.Classify(exception).Message);
            return 1;
        }
        catch (Exception exception) when (exception is StreamsException or RuleMistakesException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
