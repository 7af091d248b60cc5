using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Http.Body;

/// <summary>
/// Compares a JSON value with a contract type and collects every mistake at once, each with a JSON Pointer: unknown and missing fields,
/// wrong types, nulls, and values outside the contract's annotations.
/// </summary>
internal sealed class BodyCheck(IReadOnlySet<string> readOnlyFields)
{
    private readonly List<FieldError> _shape = [];
    private readonly List<FieldError> _values = [];

    /// <summary>Throws when there is a mistake: of shape with 400, of value alone with 422.</summary>
    public void Run(JsonElement body, Type contract)
    {
        Visit(body, ApiJson.Options.GetTypeInfo(contract), "");
        if (_shape.Count > 0)
        {
            throw ApiErrors.BadBody.With(Count(_shape), [.. _shape, .. _values]);
        }

        if (_values.Count > 0)
        {
            throw ApiErrors.BadValue.With(Count(_values), _values);
        }
    }

    private static string Count(List<FieldError> errors) => $"{errors[0].Pointer}: {errors[0].Detail}" + (errors.Count > 1 ? $" And {errors.Count - 1} more." : "");

    private void Visit(JsonElement element, JsonTypeInfo type, string pointer)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when element.ValueKind == JsonValueKind.Object:
                VisitObject(element, type, pointer);
                break;
            case JsonTypeInfoKind.Enumerable when element.ValueKind == JsonValueKind.Array:
                VisitArray(element, ApiJson.Options.GetTypeInfo(type.ElementType!), pointer);
                break;
            case JsonTypeInfoKind.None:
                VisitLeaf(element, type, pointer);
                break;
            default:
                _shape.Add(new FieldError(pointer, "type", $"Must be {Describe(type)}."));
                break;
        }
    }

    private void VisitArray(JsonElement array, JsonTypeInfo element, string pointer)
    {
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            Visit(item, element, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index++}"));
        }
    }

    private void VisitObject(JsonElement body, JsonTypeInfo type, string pointer)
    {
        var known = type.Properties.ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var field in body.EnumerateObject())
        {
            if (known.Remove(field.Name, out var property))
            {
                VisitProperty(field.Value, property, $"{pointer}/{field.Name}");
            }
            else if (!readOnlyFields.Contains(field.Name))
            {
                _shape.Add(new FieldError($"{pointer}/{Escape(field.Name)}", "unknown", "Not a field that can be written here."));
            }
        }

        _shape.AddRange(known.Values
            .Where(property => property.IsRequired)
            .Select(property => new FieldError($"{pointer}/{property.Name}", "required", "Missing.")));
    }

    private void VisitProperty(JsonElement value, JsonPropertyInfo property, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            if (!property.IsSetNullable)
            {
                _shape.Add(new FieldError(pointer, "null", "Must not be null."));
            }

            return;
        }

        var before = _shape.Count;
        Visit(value, ApiJson.Options.GetTypeInfo(property.PropertyType), pointer);
        if (_shape.Count == before)
        {
            Constrain(value, property, pointer);
        }
    }

    private void VisitLeaf(JsonElement element, JsonTypeInfo type, string pointer)
    {
        try
        {
            if (element.Deserialize(type) is string text && text.Contains('\0', StringComparison.Ordinal))
            {
                _values.Add(new FieldError(pointer, "value", "Must not contain the character U+0000."));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            _shape.Add(new FieldError(pointer, "type", $"Must be {Describe(type)}."));
        }
    }

    private void Constrain(JsonElement value, JsonPropertyInfo property, string pointer)
    {
        var rules = property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? [];
        if (rules.Length == 0)
        {
            return;
        }

        var typed = value.Deserialize(ApiJson.Options.GetTypeInfo(property.PropertyType));
        foreach (var rule in rules.Cast<ValidationAttribute>().Where(rule => !rule.IsValid(typed)))
        {
            _values.Add(new FieldError(pointer, "value", rule.FormatErrorMessage(property.Name)));
        }
    }

    private static string Describe(JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => "an object",
            JsonTypeInfoKind.Enumerable => "an array",
            _ when plain == typeof(string) => "a string of valid Unicode text",
            _ when plain == typeof(long) => "an integer of 64 bits",
            _ when plain == typeof(int) => "an integer of 32 bits",
            _ when plain == typeof(decimal) => "a number",
            _ => $"a {plain.Name}",
        };
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
