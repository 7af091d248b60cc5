using System.Net.Sockets;
using Npgsql;
using Streams.Core.Errors;
using Streams.IngestApi.Http.Problems;

namespace Streams.IngestApi.Data;

/// <summary>What a failure of Postgres means to the client.</summary>
internal static class PostgresFaults
{
    private const string RetryAfterSeconds = "2";

    /// <summary>A problem for the failure, or null if it is not one of Postgres.</summary>
    public static ApiException? Translate(Exception exception) => exception switch
    {
        PostgresException fault => FromServer(fault),
        StreamsException { InnerException: NpgsqlException inner } => Translate(inner),
        NpgsqlException or SocketException or TimeoutException =>
            Unavailable(ApiErrors.StoreUnreachable, "No connection could be had, or it broke.", exception),
        _ => null,
    };

    /// <summary>Whether the transaction lost against others and may be tried again as it was.</summary>
    public static bool IsContention(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>A 503 with Retry-After.</summary>
    public static ApiException Unavailable(ApiError error, string detail, Exception? inner = null) =>
        error.With(detail, inner: inner).WithHeader("Retry-After", RetryAfterSeconds);

    private static ApiException? FromServer(PostgresException fault) => fault.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => ApiErrors.Duplicate.With($"{Subject(fault)} is taken.", [Field(fault, "duplicate", "Already used by another row.")], fault),
        PostgresErrorCodes.ForeignKeyViolation => ApiErrors.MissingReference.With($"{Subject(fault)} refers to a row that is not there.", [Field(fault, "missing_row", "No such row.")], fault),
        PostgresErrorCodes.CheckViolation => ApiErrors.BadValue.With($"{Subject(fault)} is out of its range.", [Field(fault, "value", "Out of range.")], fault),
        PostgresErrorCodes.NotNullViolation => ApiErrors.BadValue.With($"{fault.ColumnName} must not be null.", [new FieldError($"/{fault.ColumnName}", "null", "Must not be null.")], fault),
        PostgresErrorCodes.NumericValueOutOfRange or PostgresErrorCodes.StringDataRightTruncation or PostgresErrorCodes.UntranslatableCharacter =>
            ApiErrors.BadValue.With("A value does not fit its column.", inner: fault),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable =>
            Unavailable(ApiErrors.Contention, $"SQLSTATE {fault.SqlState}.", fault),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedFunction =>
            Unavailable(ApiErrors.SchemaMissing, fault.MessageText, fault),
        PostgresErrorCodes.ReadOnlySqlTransaction => Unavailable(ApiErrors.ReadOnlyStore, fault.MessageText, fault),
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidCatalogName => Unavailable(ApiErrors.StoreRefused, fault.MessageText, fault),
        _ => FromClass(fault),
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html: 08 connection, 53 resources, 57 operator intervention, 58 system, 28 authorization.
    private static ApiException? FromClass(PostgresException fault) => fault.SqlState[..2] switch
    {
        "08" or "53" or "57" or "58" => Unavailable(ApiErrors.StoreUnreachable, $"SQLSTATE {fault.SqlState}: {fault.MessageText}.", fault),
        "28" => Unavailable(ApiErrors.StoreRefused, $"SQLSTATE {fault.SqlState}.", fault),
        _ => null,
    };

    private static FieldError Field(PostgresException fault, string code, string detail) =>
        new(ColumnOf(fault) is { } column ? $"/{column}" : "", code, detail);

    private static string Subject(PostgresException fault) =>
        ColumnOf(fault) is { } column ? $"{fault.TableName}.{column}" : $"The key of {fault.TableName}";

    /// <summary>Constraints of the shop are named <c>table_column_kind</c>; a primary key has no column in its name.</summary>
    private static string? ColumnOf(PostgresException fault)
    {
        if (fault.ConstraintName is not { } name || fault.TableName is not { } table || !name.StartsWith(table + "_", StringComparison.Ordinal))
        {
            return null;
        }

        var end = name.LastIndexOf('_');
        return end > table.Length ? name[(table.Length + 1)..end] : null;
    }
}
