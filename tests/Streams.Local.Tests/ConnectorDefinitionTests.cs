using Streams.Core.Errors;
using Streams.Local.Connectors;

namespace Streams.Local.Tests;

public sealed class ConnectorDefinitionTests
{
    [Fact]
    public void Given_placeholders_When_read_Then_values_win_over_defaults()
    {
        var read = ConnectorDefinition.Parse("""{"name":"n","config":{"a":"${A}","b":"${B:-2}","c":"x${C:-}y"}}""", "f", name => name == "A" ? "1" : null);

        Assert.Equal("n", read.Name);
        Assert.Equal(["1", "2", "xy"], read.Config.Values);
    }

    [Theory]
    [InlineData("""{"name":"n","config":{"a":"${MISSING}"}}""", "MISSING")]
    [InlineData("""{"name":"n"}""", "f is not")]
    [InlineData("""{"name":"n","config":{"a":1}}""", "f is not")]
    [InlineData("{", "f is not")]
    public void Given_a_file_that_cannot_be_used_When_read_Then_the_error_names_the_reason(string json, string expected)
    {
        var error = Assert.Throws<StreamsException>(() => ConnectorDefinition.Parse(json, "f", _ => null));

        Assert.Equal("STR7022", error.Error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
