namespace Streams.Registry.Avro;

/// <summary>One reason why a reader cannot read what a writer wrote.</summary>
/// <param name="Type">Kind of reason, by the names that Avro's Java library gives them.</param>
/// <param name="Path">Where in the reader's schema, as a JSON pointer.</param>
/// <param name="Description">The reason in words.</param>
public sealed record Incompatibility(string Type, string Path, string Description);

/// <summary>
/// Whether a reader's schema can read everything written by another (Avro 1.12, "Schema Resolution"). Names of records, enums and fixed count
/// without their namespace, as the specification says; logical types do not count, as in Confluent's registry.
/// </summary>
/// <remarks>
/// Schemas may contain themselves, so the relation is computed as a greatest fixed point: every pair that is met is held for compatible until
/// something refutes it, and that is repeated until nothing changes. The work is bounded by the number of pairs, whatever the nesting.
/// </remarks>
public sealed class AvroCompatibility
{
    private readonly Dictionary<(AvroType Reader, AvroType Writer), bool> _compatible = [];
    private readonly List<(AvroType Reader, AvroType Writer)> _pairs = [];

    private AvroCompatibility()
    {
    }

    /// <summary>Reasons why <paramref name="reader"/> cannot read <paramref name="writer"/>; empty when it can.</summary>
    public static IReadOnlyList<Incompatibility> Check(AvroType reader, AvroType writer)
    {
        var relation = new AvroCompatibility();
        relation.Settle(reader, writer);
        var reasons = new List<Incompatibility>();
        relation.Explain(reader, writer, "", reasons, []);
        return reasons;
    }

    private void Settle(AvroType reader, AvroType writer)
    {
        Holds(reader, writer);
        var changed = true;
        while (changed)
        {
            changed = false;
            for (var i = 0; i < _pairs.Count; i++)
            {
                if (_compatible[_pairs[i]] && !Parts(_pairs[i].Reader, _pairs[i].Writer))
                {
                    _compatible[_pairs[i]] = false;
                    changed = true;
                }
            }
        }
    }

    /// <summary>What is known of a pair so far; a new one is taken for compatible and looked at later.</summary>
    private bool Holds(AvroType reader, AvroType writer)
    {
        if (_compatible.TryGetValue((reader, writer), out var known))
        {
            return known;
        }

        _pairs.Add((reader, writer));
        return _compatible[(reader, writer)] = true;
    }

    private bool Parts(AvroType reader, AvroType writer)
    {
        if (writer.Kind == AvroKind.Union)
        {
            return writer.Branches.All(branch => Holds(reader, branch));
        }

        if (reader.Kind == AvroKind.Union)
        {
            return reader.Branches.Any(branch => Holds(branch, writer));
        }

        if (Own(reader, writer) is not null)
        {
            return false;
        }

        return reader.Kind switch
        {
            AvroKind.Array or AvroKind.Map => Holds(reader.Element!, writer.Element!),
            AvroKind.Record => reader.Fields.All(field => FieldHolds(field, writer)),
            _ => true,
        };
    }

    private bool FieldHolds(AvroField field, AvroType writer) =>
        Written(field, writer) is { } written ? Holds(field.Type, written.Type) : HasDefault(field);

    /// <summary>What is wrong between the two themselves, apart from their parts; null for nothing.</summary>
    private static (string Type, string Description)? Own(AvroType reader, AvroType writer)
    {
        if (reader.Kind != writer.Kind)
        {
            return Promotes(writer.Kind, reader.Kind) ? null : ("TYPE_MISMATCH", $"reader type: {reader.FullName} not compatible with writer type: {writer.FullName}");
        }

        if (reader.Name is not null && reader.Name != writer.Name && !reader.Aliases.Contains(writer.FullName))
        {
            return ("NAME_MISMATCH", $"expected: {writer.FullName}, found: {reader.FullName}");
        }

        if (reader.Kind == AvroKind.Fixed && reader.Size != writer.Size)
        {
            return ("FIXED_SIZE_MISMATCH", $"expected: {writer.Size}, found: {reader.Size}");
        }

        var missing = writer.Symbols.Except(reader.Symbols, StringComparer.Ordinal).ToList();
        return missing.Count > 0 && reader.EnumDefault is null
            ? ("MISSING_ENUM_SYMBOLS", $"the reader schema '{reader.FullName}' is missing the enum symbols [{string.Join(", ", missing)}] and has no default")
            : null;
    }

    /// <summary>Collects the reasons. Settling stops at the first part that fails, so what is behind it is settled here before it is looked at.</summary>
    private void Explain(AvroType reader, AvroType writer, string path, List<Incompatibility> reasons, HashSet<(AvroType, AvroType)> explained)
    {
        if (_compatible[(reader, writer)] || !explained.Add((reader, writer)))
        {
            return;
        }

        if (writer.Kind == AvroKind.Union)
        {
            foreach (var branch in writer.Branches)
            {
                Settle(reader, branch);
                Explain(reader, branch, path, reasons, explained);
            }
        }
        else if (reader.Kind == AvroKind.Union)
        {
            reasons.Add(new Incompatibility("MISSING_UNION_BRANCH", path, $"the reader union lacks a branch for the writer's type {writer.FullName}"));
        }
        else if (Own(reader, writer) is { } own)
        {
            reasons.Add(new Incompatibility(own.Type, path, own.Description));
        }
        else if (reader.Kind == AvroKind.Record)
        {
            ExplainFields(reader, writer, path, reasons, explained);
        }
        else
        {
            Explain(reader.Element!, writer.Element!, $"{path}/{(reader.Kind == AvroKind.Array ? "items" : "values")}", reasons, explained);
        }
    }

    private void ExplainFields(AvroType reader, AvroType writer, string path, List<Incompatibility> reasons, HashSet<(AvroType, AvroType)> explained)
    {
        for (var i = 0; i < reader.Fields.Count; i++)
        {
            var field = reader.Fields[i];
            if (Written(field, writer) is { } written)
            {
                Settle(field.Type, written.Type);
                Explain(field.Type, written.Type, $"{path}/fields/{i}/type", reasons, explained);
            }
            else if (!HasDefault(field))
            {
                reasons.Add(new Incompatibility(
                    "READER_FIELD_MISSING_DEFAULT_VALUE",
                    $"{path}/fields/{i}",
                    $"the field '{field.Name}' in the reader schema has no default value and is missing in the writer schema"));
            }
        }
    }

    private static AvroField? Written(AvroField field, AvroType writer) =>
        writer.FieldList.Find(other => other.Name == field.Name) ?? writer.FieldList.Find(other => field.Aliases.Contains(other.Name));

    /// <summary>An enum's own default stands in for a missing field's, as in Avro's Java library.</summary>
    private static bool HasDefault(AvroField field) => field.Default is not null || field.Type is { Kind: AvroKind.Enum, EnumDefault: not null };

    private static bool Promotes(AvroKind from, AvroKind to) => (from, to) switch
    {
        (AvroKind.Int, AvroKind.Long or AvroKind.Float or AvroKind.Double) => true,
        (AvroKind.Long, AvroKind.Float or AvroKind.Double) => true,
        (AvroKind.Float, AvroKind.Double) => true,
        (AvroKind.String, AvroKind.Bytes) or (AvroKind.Bytes, AvroKind.String) => true,
        _ => false,
    };
}
