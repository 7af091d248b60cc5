using Streams.Registry.Avro;

namespace Streams.Schemas.Tests.Registry;

/// <summary>Rules of schema resolution in the Avro specification, one row each; and schemas that contain themselves.</summary>
public sealed class AvroCompatibilityTests
{
    private const string Enum3 = """{"type":"enum","name":"E","symbols":["A","B","C"]}""";
    private const string Enum2 = """{"type":"enum","name":"E","symbols":["A","B"]}""";
    private const string Enum2Default = """{"type":"enum","name":"E","symbols":["A","B"],"default":"A"}""";

    [Theory]
    [InlineData("\"int\"", "\"int\"", null)]
    [InlineData("\"long\"", "\"int\"", null)]
    [InlineData("\"float\"", "\"long\"", null)]
    [InlineData("\"double\"", "\"float\"", null)]
    [InlineData("\"int\"", "\"long\"", "TYPE_MISMATCH")]
    [InlineData("\"string\"", "\"bytes\"", null)]
    [InlineData("\"bytes\"", "\"string\"", null)]
    [InlineData("\"string\"", "\"int\"", "TYPE_MISMATCH")]
    [InlineData("[\"null\",\"int\"]", "\"int\"", null)]
    [InlineData("\"int\"", "[\"null\",\"int\"]", "TYPE_MISMATCH")]
    [InlineData("[\"null\",\"long\"]", "[\"int\"]", null)]
    [InlineData("[\"null\",\"int\"]", "\"string\"", "MISSING_UNION_BRANCH")]
    [InlineData(Enum3, Enum2, null)]
    [InlineData(Enum2, Enum3, "MISSING_ENUM_SYMBOLS")]
    [InlineData(Enum2Default, Enum3, null)]
    [InlineData("""{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"F","size":8}""", "FIXED_SIZE_MISMATCH")]
    [InlineData("""{"type":"fixed","name":"F","size":4}""", """{"type":"fixed","name":"G","size":4}""", "NAME_MISMATCH")]
    [InlineData("""{"type":"array","items":"long"}""", """{"type":"array","items":"int"}""", null)]
    [InlineData("""{"type":"map","values":"int"}""", """{"type":"map","values":"long"}""", "TYPE_MISMATCH")]
    [InlineData("""{"type":"array","items":"int"}""", """{"type":"map","values":"int"}""", "TYPE_MISMATCH")]
    [InlineData("""{"type":"record","name":"R","aliases":["Q"],"fields":[]}""", """{"type":"record","name":"Q","fields":[]}""", null)]
    [InlineData("""{"type":"record","name":"a.R","fields":[]}""", """{"type":"record","name":"b.R","fields":[]}""", null)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"x","type":"int","aliases":["y"]}]}""", """{"type":"record","name":"R","fields":[{"name":"y","type":"int"}]}""", null)]
    [InlineData("""{"type":"record","name":"R","fields":[]}""", """{"type":"record","name":"R","fields":[{"name":"y","type":"int"}]}""", null)]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"y","type":"int"}]}""", """{"type":"record","name":"R","fields":[]}""", "READER_FIELD_MISSING_DEFAULT_VALUE")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"y","type":"int","default":1}]}""", """{"type":"record","name":"R","fields":[]}""", null)]
    public void Given_a_reader_and_a_writer_When_compared_Then_the_specification_decides(string reader, string writer, string? reason) =>
        Assert.Equal(reason, AvroCompatibility.Check(Parse(reader), Parse(writer)).FirstOrDefault()?.Type);

    [Fact]
    public void Given_a_list_that_contains_itself_When_compared_Then_it_ends_and_a_difference_deep_inside_is_named_once()
    {
        static string List(string item) =>
            $$"""{"type":"record","name":"L","fields":[{"name":"v","type":"{{item}}"},{"name":"next","type":["null","L"],"default":null}]}""";

        Assert.Empty(AvroCompatibility.Check(Parse(List("long")), Parse(List("int"))));
        var reasons = AvroCompatibility.Check(Parse(List("int")), Parse(List("long")));
        Assert.Equal(["/fields/0/type", "/fields/1/type"], reasons.Select(reason => reason.Path));
    }

    [Fact]
    public void Given_several_differences_When_compared_Then_all_are_named()
    {
        var reader = Parse("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"int"}},{"name":"c","type":"int"}]}""");
        var writer = Parse("""{"type":"record","name":"R","fields":[{"name":"a","type":"string"},{"name":"b","type":{"type":"array","items":"string"}}]}""");

        Assert.Equal(["/fields/0/type", "/fields/1/type/items", "/fields/2"], AvroCompatibility.Check(reader, writer).Select(reason => reason.Path));
    }

    [Fact]
    public void Given_records_nested_so_that_paths_double_at_each_step_When_compared_Then_the_work_does_not()
    {
        static string Nested(string leaf) => Enumerable.Range(0, 28).Aggregate(
            $"\"{leaf}\"",
            (inner, level) => $$"""{"type":"record","name":"R{{level}}","fields":[{"name":"a","type":{{inner}}},{"name":"b","type":{{(level == 0 ? inner : $"\"R{level - 1}\"")}}}]}""");

        Assert.Empty(AvroCompatibility.Check(Parse(Nested("long")), Parse(Nested("int"))));
        Assert.NotEmpty(AvroCompatibility.Check(Parse(Nested("int")), Parse(Nested("long"))));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[[\"null\"]]")]
    [InlineData("[\"int\",\"int\"]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"type":"record","name":"1R","fields":[]}""")]
    [InlineData("""{"type":"record","name":"R"}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"x"}]}""")]
    [InlineData("""{"type":"record","name":"R","fields":[{"name":"a","type":"Q"}]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A","A"]}""")]
    [InlineData("""{"type":"enum","name":"E","symbols":["A"],"default":"B"}""")]
    [InlineData("""{"type":"fixed","name":"F","size":-1}""")]
    [InlineData("""{"type":"array"}""")]
    public void Given_a_text_that_is_no_schema_When_parsed_Then_it_is_refused(string text) => Assert.Throws<AvroSyntaxException>(() => Parse(text));

    [Theory]
    [InlineData(""" { "type" : "int" } """, "\"int\"")]
    [InlineData("""{"items":{"type":"string"},"type":"array"}""", """{"type":"array","items":"string"}""")]
    [InlineData("""{"logicalType":"decimal","scale":2,"type":"bytes","precision":9}""", """{"type":"bytes","logicalType":"decimal","scale":2,"precision":9}""")]
    [InlineData(
        """{"name":"a.b.R","fields":[{"type":{"name":"E","type":"enum","symbols":["X"]},"name":"e"},{"name":"f","type":"a.b.E","order":"ascending"}],"doc":"d","type":"record"}""",
        """{"type":"record","name":"R","namespace":"a.b","doc":"d","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["X"]}},{"name":"f","type":"E"}]}""")]
    public void Given_a_schema_When_written_Then_it_has_one_text(string text, string canonical)
    {
        Assert.Equal(canonical, AvroText.Of(Parse(text), []));
        Assert.Equal(canonical, AvroText.Of(Parse(canonical), []));
    }

    private static AvroType Parse(string text) => new AvroParser(new Dictionary<string, AvroType>()).Parse(text);
}
