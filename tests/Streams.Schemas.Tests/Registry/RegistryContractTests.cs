using System.Text.Json;

namespace Streams.Schemas.Tests.Registry;

/// <summary>The REST contract, as clients of Confluent's registry know it.</summary>
public sealed class RegistryContractTests
{
    private const string One = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}""";
    private const string Two = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string","default":""}]}""";
    private const string Incompatible = """{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"string"}]}""";

    [Fact]
    public async Task Given_schemas_When_registered_Then_ids_belong_to_content_and_versions_to_subjects()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());

        Assert.Equal(1, await registry.RegisterAsync("s-value", One));
        Assert.Equal(1, await registry.RegisterAsync("s-value", """ { "fields": [ {"type":"int", "name":"a"} ], "name":"R", "type":"record" } """));
        Assert.Equal(2, await registry.RegisterAsync("s-value", Two));
        Assert.Equal(1, await registry.RegisterAsync("other", One));

        Assert.Equal("[1,2]", (await registry.SendAsync("GET", "/subjects/s-value/versions")).Body.GetRawText());
        Assert.Equal("""["other","s-value"]""", (await registry.SendAsync("GET", "/subjects")).Body.GetRawText());
        Assert.Equal(
            """[{"subject":"other","version":1},{"subject":"s-value","version":1}]""", (await registry.SendAsync("GET", "/schemas/ids/1/versions")).Body.GetRawText());
        var latest = (await registry.SendAsync("GET", "/subjects/s-value/versions/latest")).Body;
        Assert.Equal(("s-value", 2, 2), (latest.GetProperty("subject").GetString(), latest.GetProperty("version").GetInt32(), latest.GetProperty("id").GetInt32()));
        Assert.Equal(Two, latest.GetProperty("schema").GetString());
    }

    [Fact]
    public async Task Given_a_schema_When_asked_for_by_id_GUID_or_text_Then_it_is_the_same()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        var id = await registry.RegisterAsync("s", One);

        var byId = (await registry.SendAsync("GET", $"/schemas/ids/{id}")).Body;
        var guid = byId.GetProperty("guid").GetString()!;
        var byGuid = (await registry.SendAsync("GET", $"/schemas/guids/{guid}")).Body;
        var byText = (await registry.SendAsync("POST", "/subjects/s", new { schema = One })).Body;
        var metadata = (await registry.SendAsync("GET", "/subjects/s/metadata")).Body;

        Assert.Equal(One, byId.GetProperty("schema").GetString());
        Assert.Equal(One, byGuid.GetProperty("schema").GetString());
        Assert.Equal((id, guid, 1), (byText.GetProperty("id").GetInt32(), byText.GetProperty("guid").GetString()!, byText.GetProperty("version").GetInt32()));
        Assert.Equal(id, metadata.GetProperty("id").GetInt32());
        Assert.Equal(JsonValueKind.Object, (await registry.SendAsync("GET", $"/schemas/ids/{id}/schema")).Body.ValueKind);
    }

    [Fact]
    public async Task Given_what_is_not_there_or_wrong_When_asked_Then_the_numbers_are_Confluents()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync("s", One);

        await registry.RefusedAsync(404, 40401, "GET", "/subjects/none/versions");
        await registry.RefusedAsync(404, 40401, "POST", "/subjects/none", new { schema = One });
        await registry.RefusedAsync(404, 40402, "GET", "/subjects/s/versions/2");
        await registry.RefusedAsync(404, 40403, "GET", "/schemas/ids/99");
        await registry.RefusedAsync(404, 40403, "GET", $"/schemas/guids/{Guid.Empty}");
        await registry.RefusedAsync(404, 40403, "POST", "/subjects/s", new { schema = Two });
        await registry.RefusedAsync(404, 40408, "GET", "/config/s");
        await registry.RefusedAsync(404, 40409, "GET", "/mode/s");
        await registry.RefusedAsync(422, 42201, "POST", "/subjects/s/versions", new { schema = """{"type":"nonsense"}""" });
        await registry.RefusedAsync(422, 42201, "POST", "/subjects/s/versions", new { schema = One, schemaType = "PROTOBUF" });
        await registry.RefusedAsync(422, 42202, "GET", "/subjects/s/versions/first");
        await registry.RefusedAsync(422, 42202, "GET", "/subjects/s/versions/0");
        await registry.RefusedAsync(422, 42203, "PUT", "/config", new { compatibility = "SIDEWAYS" });
        await registry.RefusedAsync(422, 42204, "PUT", "/mode", new { mode = "ASLEEP" });
        await registry.RefusedAsync(409, 409, "POST", "/subjects/s/versions", new { schema = Incompatible });
        await registry.RefusedAsync(400, 400, "POST", "/subjects/s/versions", "{ not json");
    }

    [Fact]
    public async Task Given_levels_When_set_Then_they_rule_registration_and_the_check()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync("s", One);

        Assert.Equal("BACKWARD", (await registry.SendAsync("GET", "/config")).Body.GetProperty("compatibilityLevel").GetString());
        var verdict = (await registry.SendAsync("POST", "/compatibility/subjects/s/versions/latest?verbose=true", new { schema = Incompatible })).Body;
        Assert.False(verdict.GetProperty("is_compatible").GetBoolean());
        Assert.Contains("READER_FIELD_MISSING_DEFAULT_VALUE", verdict.GetProperty("messages")[0].GetString());
        Assert.True((await registry.SendAsync("POST", "/compatibility/subjects/none/versions/latest", new { schema = One })).Body.GetProperty("is_compatible").GetBoolean());

        Assert.Equal("forward", (await registry.SendAsync("PUT", "/config/s", new { compatibility = "forward" })).Body.GetProperty("compatibility").GetString()!.ToLowerInvariant());
        Assert.Equal("FORWARD", (await registry.SendAsync("GET", "/config/s")).Body.GetProperty("compatibilityLevel").GetString());
        Assert.Equal(2, await registry.RegisterAsync("s", Incompatible));
        Assert.Equal("FORWARD", (await registry.SendAsync("DELETE", "/config/s")).Body.GetProperty("compatibilityLevel").GetString());
        Assert.Equal("BACKWARD", (await registry.SendAsync("GET", "/config/s?defaultToGlobal=true")).Body.GetProperty("compatibilityLevel").GetString());
    }

    [Fact]
    public async Task Given_a_deletion_When_soft_and_then_permanent_Then_each_needs_the_one_before()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync("s", One);
        await registry.RegisterAsync("s", Two);

        await registry.RefusedAsync(404, 40407, "DELETE", "/subjects/s/versions/1?permanent=true");
        Assert.Equal(1, (await registry.SendAsync("DELETE", "/subjects/s/versions/1")).Body.GetInt32());
        await registry.RefusedAsync(404, 40406, "DELETE", "/subjects/s/versions/1");
        await registry.RefusedAsync(404, 40402, "GET", "/subjects/s/versions/1");
        Assert.Equal(200, (await registry.SendAsync("GET", "/subjects/s/versions/1?deleted=true")).Status);
        Assert.Equal(200, (await registry.SendAsync("GET", "/schemas/ids/1")).Status);

        await registry.RefusedAsync(404, 40405, "DELETE", "/subjects/s?permanent=true");
        Assert.Equal("[2]", (await registry.SendAsync("DELETE", "/subjects/s")).Body.GetRawText());
        await registry.RefusedAsync(404, 40404, "DELETE", "/subjects/s");
        Assert.Equal("[]", (await registry.SendAsync("GET", "/subjects")).Body.GetRawText());
        Assert.Equal("""["s"]""", (await registry.SendAsync("GET", "/subjects?deleted=true")).Body.GetRawText());
        Assert.Equal("[1,2]", (await registry.SendAsync("DELETE", "/subjects/s?permanent=true")).Body.GetRawText());
        await registry.RefusedAsync(404, 40403, "GET", "/schemas/ids/1");
        Assert.Equal(3, await registry.RegisterAsync("s", Incompatible));
    }

    [Fact]
    public async Task Given_modes_When_set_Then_writing_is_refused_and_import_keeps_ids()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync("s", One);

        await registry.SendAsync("PUT", "/mode/s", new { mode = "READONLY" });
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/s/versions", new { schema = Two });
        await registry.RefusedAsync(422, 42205, "PUT", "/mode", new { mode = "IMPORT" });
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/t/versions", new { schema = Two, id = 40 });
        await registry.SendAsync("PUT", "/mode/t", new { mode = "IMPORT" });
        var imported = await registry.SendAsync("POST", "/subjects/t/versions", new { schema = Two, id = 40, version = 7 });
        Assert.Equal((40, 7), (imported.Body.GetProperty("id").GetInt32(), imported.Body.GetProperty("version").GetInt32()));
        await registry.RefusedAsync(422, 42205, "POST", "/subjects/t/versions", new { schema = Incompatible, id = 40 });
        Assert.Equal(41, await registry.RegisterAsync("u", Incompatible));
    }

    [Fact]
    public async Task Given_references_When_registered_Then_types_come_from_there_and_hold_it_in_place()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync("money", """{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}""");
        var order = """{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"total","type":"Money"}]}""";

        await registry.RefusedAsync(422, 42201, "POST", "/subjects/order/versions", new { schema = order });
        var references = new[] { new { name = "shop.Money", subject = "money", version = 1 } };
        var registered = await registry.SendAsync("POST", "/subjects/order/versions", new { schema = order, references });

        Assert.Equal(200, registered.Status);
        var read = (await registry.SendAsync("GET", "/subjects/order/versions/1")).Body;
        Assert.Equal(order, read.GetProperty("schema").GetString());
        Assert.Equal("money", read.GetProperty("references")[0].GetProperty("subject").GetString());
        Assert.Equal("[2]", (await registry.SendAsync("GET", "/subjects/money/versions/1/referencedby")).Body.GetRawText());
        await registry.RefusedAsync(422, 42206, "DELETE", "/subjects/money");
    }

    [Fact]
    public async Task Given_a_subject_with_a_slash_and_percent_When_used_Then_it_is_that_subject()
    {
        await using var registry = await RegistryHarness.StartAsync(new InMemoryLog());
        await registry.RegisterAsync(Uri.EscapeDataString("a/b%2525 c"), One);
        Assert.Equal("""["a/b%2525 c"]""", (await registry.SendAsync("GET", "/subjects")).Body.GetRawText());
    }
}
