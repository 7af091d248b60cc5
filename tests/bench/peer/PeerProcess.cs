using System.Globalization;

namespace Streams.Bench.Peer;

/// <summary>
/// The peer's own process, as the product's processors have one: does what the lines of its input say, one after the other, and answers each with a line,
/// so that a second run finds compiled code.
/// </summary>
internal static class PeerProcess
{
    public const string Consume = "consume", Restore = "restore", Stop = "stop", Drop = "drop";

    /// <summary>Ends with its input.</summary>
    public static async Task<int> RunAsync(string kafka, string state, CancellationToken cancellationToken)
    {
        PeerApplication? application = null;
        while (await Console.In.ReadLineAsync(cancellationToken) is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == Consume)
            {
                application = new PeerApplication(kafka, words[1], state);
            }

            Console.WriteLine(await AnswerAsync(application!, words, cancellationToken));
        }

        application?.Dispose();
        return 0;
    }

    private static async Task<string> AnswerAsync(PeerApplication application, string[] words, CancellationToken cancellationToken)
    {
        switch (words[0])
        {
            case Consume:
                var (first, whole) = await application.ConsumeAsync(long.Parse(words[2], CultureInfo.InvariantCulture), cancellationToken);
                return string.Create(CultureInfo.InvariantCulture, $"{first.TotalSeconds} {whole.TotalSeconds} {application.Written()}");
            case Restore:
                var (took, records) = await application.RestoreAsync(cancellationToken);
                return string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds} {records}");
            case Stop:
                application.Stop();
                return Stop;
            case Drop:
                await application.DropAsync();
                application.Dispose();
                return Drop;
            default:
                throw new InvalidOperationException($"No such command: {words[0]}.");
        }
    }
}
