using System.Diagnostics;
using System.Text;
using Streams.Fixtures;

namespace Streams.EndToEnd.Tests;

/// <summary>The transcript in README.md is true as printed.</summary>
[Collection(StackCollection.Name)]
public sealed class ReadmeTests(StackFixture stack)
{
    private const string Mark = "--- end of command ---";

    [RequiresKafkaFact]
    public async Task Given_a_running_stack_When_the_commands_of_the_README_are_run_Then_they_print_what_it_says()
    {
        var steps = Steps(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")));
        Assert.NotEmpty(steps);

        var printed = await RunAsync(steps.Select(step => step.Command));

        Assert.Equal(steps.Select(step => $"{step.Command}\n{step.Output}"), steps.Zip(printed, (step, output) => $"{step.Command}\n{output}"));
    }

    private static List<(string Command, string Output)> Steps(string readme)
    {
        var start = readme.IndexOf("```console\n", StringComparison.Ordinal) + "```console\n".Length;
        var lines = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var steps = new List<(string Command, string Output)>();
        foreach (var line in lines)
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                steps.Add((line[2..], ""));
            }
            else
            {
                steps[^1] = (steps[^1].Command, steps[^1].Output + line + "\n");
            }
        }

        return steps;
    }

    /// <summary>One shell for all, as a reader would use it.</summary>
    private async Task<string[]> RunAsync(IEnumerable<string> commands)
    {
        var port = new Uri(stack.Part("redis").Address).Port;
        var script = new StringBuilder($"redis-cli() {{ command redis-cli -p {port} \"$@\"; }}\n");
        foreach (var command in commands)
        {
            script.Append(command).Append('\n').Append($"echo '{Mark}'\n");
        }

        var info = new ProcessStartInfo("timeout", ["120", "bash", "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        info.Environment["API"] = stack.Part("ingest-api").Address;
        info.Environment["SINK"] = stack.Part(StackFixture.Sink).Address;
        using var shell = Process.Start(info)!;
        await shell.StandardInput.WriteAsync(script);
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        return output.Split(Mark + "\n", StringSplitOptions.None);
    }
}
