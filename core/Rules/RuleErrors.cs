using Streams.Core.Errors;

namespace Streams.Core.Rules;

/// <summary>Mistakes in <c>streams.yaml</c>: STR10xx in the file alone, STR11xx against the database.</summary>
public static class RuleErrors
{
    /// <summary>The file cannot be read.</summary>
    public static readonly StreamsError FileMissing = new("STR1001", ErrorKind.Permanent, "streams.yaml cannot be read", "Give the path in Streams:File (STREAMS__FILE)");

    /// <summary>Not YAML.</summary>
    public static readonly StreamsError Syntax = new("STR1002", ErrorKind.Permanent, "streams.yaml is not valid YAML", "Mend the syntax at the position named");

    /// <summary>A field that is not known.</summary>
    public static readonly StreamsError UnknownField = new("STR1003", ErrorKind.Permanent, "Unknown field", "Remove it or correct its spelling; docs/reference/streams.schema.json lists the fields");

    /// <summary>A field that is missing or of the wrong kind.</summary>
    public static readonly StreamsError BadField = new("STR1004", ErrorKind.Permanent, "A field is missing or has a wrong value", "Give it a value of the form named");

    /// <summary>Two rules of one name.</summary>
    public static readonly StreamsError DuplicateRule = new("STR1005", ErrorKind.Permanent, "Two rules have the same name", "Rename one: metrics and events are labelled by it");

    /// <summary>A template that cannot be parsed or is in the wrong list.</summary>
    public static readonly StreamsError BadTemplate = new("STR1006", ErrorKind.Permanent, "A key or pattern template is wrong", "Write columns as {column}, a literal brace twice; a key has no *, a pattern has one");

    /// <summary>Templates that could give one key for different rows.</summary>
    public static readonly StreamsError CollidingTemplates = new("STR1007", ErrorKind.Permanent, "Two templates can give the same key", "Give each kind of value a prefix of its own");

    /// <summary>refresh needs a query.</summary>
    public static readonly StreamsError RefreshWithoutQuery = new("STR1008", ErrorKind.Permanent, "Strategy refresh has no way to read the value", "Add query: a SELECT of one column that reads the payload by @column parameters, or use strategy: unlink");

    /// <summary>A table that is not captured.</summary>
    public static readonly StreamsError TableNotCaptured = new("STR1009", ErrorKind.Permanent, "A rule names a table that is not captured", "Add it to source.tables");

    /// <summary>A rule without targets.</summary>
    public static readonly StreamsError NoTargets = new("STR1011", ErrorKind.Permanent, "A rule has neither keys nor patterns", "Add keys: or patterns:");

    /// <summary>A test beside a rule that cannot be run.</summary>
    public static readonly StreamsError BadTest = new("STR1012", ErrorKind.Permanent, "A test beside a rule is not complete", "Give name, op (c, u, d, r or t), the rows that the op has, and expect: a list of targets");

    /// <summary>The database has no such table.</summary>
    public static readonly StreamsError UnknownTable = new("STR1101", ErrorKind.Permanent, "The database has no such table", "Create it, or correct the name (schema.table)");

    /// <summary>The table has no such column.</summary>
    public static readonly StreamsError UnknownColumn = new("STR1102", ErrorKind.Permanent, "The table has no such column", "Correct the name");

    /// <summary>Old values of a template's column are not in the WAL.</summary>
    public static readonly StreamsError ReplicaIdentity = new("STR1103", ErrorKind.Permanent, "A template needs a column whose old value is not in the change stream", "Run the SQL named: old keys can only be invalidated when the old row is complete");

    /// <summary>No primary key.</summary>
    public static readonly StreamsError NoPrimaryKey = new("STR1104", ErrorKind.Permanent, "A captured table has no primary key", "Add one: without it updates and deletes cannot be told apart by row");

    /// <summary>Not in the publication.</summary>
    public static readonly StreamsError NotPublished = new("STR1105", ErrorKind.Permanent, "A captured table is not in the publication: its changes would be missed silently", "Run the SQL named");

    /// <summary>A type that templates do not take.</summary>
    public static readonly StreamsError UnsupportedType = new("STR1106", ErrorKind.Permanent, "A template's column has a type whose text form differs between the stream and SQL", "Use an integer, text, uuid, boolean, numeric, date or timestamp column");

    /// <summary>A deferrable primary key.</summary>
    public static readonly StreamsError DeferrablePrimaryKey = new("STR1107", ErrorKind.Permanent, "A captured table has a deferrable primary key", "Make it NOT DEFERRABLE: a row may otherwise appear twice in one transaction");
}
