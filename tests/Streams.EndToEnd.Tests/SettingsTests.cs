using Streams.Cli.Stack;
using Streams.Fixtures;

namespace Streams.EndToEnd.Tests;

/// <summary>Settings that only the one who starts a process can give it.</summary>
[Collection(StackCollection.Name)]
public sealed class SettingsTests(StackFixture stack)
{
    private const string YoungGeneration = "6000000";

    [RequiresKafkaFact]
    public void Given_a_stack_When_the_processors_run_Then_their_youngest_generation_is_that_of_the_scripts_and_of_compose()
    {
        var processors = Endpoints.TryRead(stack.Folder)!.Parts[StackFixture.Processors].Pid;

        Assert.Contains($"DOTNET_GCgen0size={YoungGeneration}", File.ReadAllText($"/proc/{processors}/environ").Split('\0'));
        Assert.Contains($"DOTNET_GCgen0size:-{YoungGeneration}}}", Read("scripts/cli.sh"), StringComparison.Ordinal);
        Assert.Contains($"DOTNET_GCgen0size: \"{YoungGeneration}\"", Read("compose/compose.yaml"), StringComparison.Ordinal);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
}
