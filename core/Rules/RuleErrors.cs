using Streams.Core.Errors;

namespace Streams.Core.Rules;

/// <summary>Mistakes in <c>streams.yaml</c>: STR10xx in the file alone, STR11xx against the database.</summary>
public static class RuleErrors
{
    /// <summary>The file cannot be read.</summary>
    public static readonly StreamsError FileMissing = Of("STR1001", "streams.yaml cannot be read", "Give the path in Streams:File (STREAMS__FILE)");

    /// <summary>Not YAML.</summary>
    public static readonly StreamsError Syntax = Of("STR1002", "streams.yaml is not valid YAML", "Mend the syntax at the position named");

    /// <summary>A field that is not known.</summary>
    public static readonly StreamsError UnknownField = Of("STR1003", "Unknown field", "Remove it or correct its spelling; docs/reference/streams.schema.json lists the fields");

    /// <summary>A field that is missing or of the wrong kind.</summary>
    public static readonly StreamsError BadField = Of("STR1004", "A field is missing or has a wrong value", "Give it a value of the form named");

    /// <summary>Two rules of one name.</summary>
    public static readonly StreamsError DuplicateRule = Of("STR1005", "Two rules have the same name", "Rename one: metrics and events are labelled by it");

    /// <summary>A template that cannot be parsed or is in the wrong list.</summary>
    public static readonly StreamsError BadTemplate = Of("STR1006", "A key or pattern template is wrong", "Write columns as {column}, a literal brace twice; a key has no *, a pattern has one");

    /// <summary>Templates that could give one key for different rows.</summary>
    public static readonly StreamsError CollidingTemplates = Of("STR1007", "Two templates can give the same key", "Give each kind of value a prefix of its own");

    /// <summary>refresh needs a query.</summary>
    public static readonly StreamsError RefreshWithoutQuery = Of("STR1008", "Strategy refresh has no way to read the value", "Add query: a SELECT of one column that reads the payload by @column parameters, or use strategy: unlink");

    /// <summary>A table that is not captured.</summary>
    public static readonly StreamsError TableNotCaptured = Of("STR1009", "A rule names a table that is not captured", "Add it to source.tables");

    /// <summary>Aggregates.</summary>
    public static readonly StreamsError AggregatesUnsupported = Of("STR1010", "Aggregates are not in this version", "Remove aggregates: from the file");

    /// <summary>A rule without targets.</summary>
    public static readonly StreamsError NoTargets = Of("STR1011", "A rule has neither keys nor patterns", "Add keys: or patterns:");

    /// <summary>The database has no such table.</summary>
    public static readonly StreamsError UnknownTable = Of("STR1101", "The database has no such table", "Create it, or correct the name (schema.table)");

    /// <summary>The table has no such column.</summary>
    public static readonly StreamsError UnknownColumn = Of("STR1102", "The table has no such column", "Correct the name");

    /// <summary>Old values of a template's column are not in the WAL.</summary>
    public static readonly StreamsError ReplicaIdentity = Of("STR1103", "A template needs a column whose old value is not in the change stream", "Run the SQL named: old keys can only be invalidated when the old row is complete");

    /// <summary>No primary key.</summary>
    public static readonly StreamsError NoPrimaryKey = Of("STR1104", "A captured table has no primary key", "Add one: without it updates and deletes cannot be told apart by row");

    /// <summary>Not in the publication.</summary>
    public static readonly StreamsError NotPublished = Of("STR1105", "A captured table is not in the publication: its changes would be missed silently", "Run the SQL named");

    /// <summary>A type that templates do not take.</summary>
    public static readonly StreamsError UnsupportedType = Of("STR1106", "A template's column has a type whose text form differs between the stream and SQL", "Use an integer, text, uuid, boolean, numeric, date or timestamp column");

    /// <summary>A deferrable primary key.</summary>
    public static readonly StreamsError DeferrablePrimaryKey = Of("STR1107", "A captured table has a deferrable primary key", "Make it NOT DEFERRABLE: a row may otherwise appear twice in one transaction");

    private static StreamsError Of(string code, string title, string remedy) => new(code, ErrorKind.Permanent, title, remedy);
}
