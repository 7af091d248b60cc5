using Streams.Core.Errors;
using Streams.Core.Rules;

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
        catch (Exception exception) when (exception is StreamsException or RuleMistakesException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }
    }
}
