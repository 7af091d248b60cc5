using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Streams.Core.Errors;

namespace Streams.Processors.Host;

/// <summary>Why a record is parked.</summary>
/// <param name="Cause">With code and detail; never column values.</param>
/// <param name="Stage">Connect's stage: VALUE_CONVERTER when it could not be decoded, TRANSFORMATION when the rules could not be applied.</param>
/// <param name="Lsn">Position of the change, if it is known.</param>
internal sealed record ParkReason(StreamsException Cause, string Stage, long? Lsn);

/// <summary>
/// A parked record: key, value and headers as they were, and Kafka Connect's <c>__connect.errors.*</c> headers (KIP-298) with our own
/// <c>streams.dlq.*</c>, so that tools which know Connect's dead letters show ours.
/// </summary>
internal static class DeadLetter
{
    private const int StackLengthMax = 4096;

    public static Message<byte[]?, byte[]?> Of(ConsumeResult<byte[]?, byte[]?> record, ParkReason reason, string group, DateTimeOffset now)
    {
        var headers = new Headers();
        foreach (var header in record.Message.Headers ?? [])
        {
            headers.Add(header.Key, header.GetValueBytes());
        }

        foreach (var (name, value) in Describe(record, reason, group, now))
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return new Message<byte[]?, byte[]?> { Key = record.Message.Key, Value = record.Message.Value, Headers = headers };
    }

    /// <summary>For a record that is too large with its headers: the value is left out; topic, partition and offset still name it.</summary>
    public static Message<byte[]?, byte[]?> WithoutValue(Message<byte[]?, byte[]?> parked)
    {
        parked.Headers.Add("streams.dlq.value_omitted", "true"u8.ToArray());
        return new Message<byte[]?, byte[]?> { Key = parked.Key, Value = null, Headers = parked.Headers };
    }

    private static IEnumerable<(string Name, string Value)> Describe(
        ConsumeResult<byte[]?, byte[]?> record, ParkReason reason, string group, DateTimeOffset now)
    {
        var root = reason.Cause.InnerException ?? reason.Cause;
        yield return ("__connect.errors.topic", record.Topic);
        yield return ("__connect.errors.partition", Text(record.Partition.Value));
        yield return ("__connect.errors.offset", Text(record.Offset.Value));
        yield return ("__connect.errors.connector.name", group);
        yield return ("__connect.errors.task.id", "0");
        yield return ("__connect.errors.stage", reason.Stage);
        yield return ("__connect.errors.class.name", typeof(Normalizer).FullName!);
        yield return ("__connect.errors.exception.class.name", root.GetType().FullName!);
        yield return ("__connect.errors.exception.message", reason.Cause.Message);
        yield return ("__connect.errors.exception.stacktrace", Short(root.StackTrace ?? ""));
        yield return ("streams.dlq.code", reason.Cause.Error.Code);
        yield return ("streams.dlq.reason", reason.Cause.Error.Title);
        yield return ("streams.dlq.lsn", reason.Lsn is { } lsn ? Text(lsn) : "");
        yield return ("streams.dlq.attempts", "1");
        yield return ("streams.dlq.first_seen", now.ToString("O", CultureInfo.InvariantCulture));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Short(string text) => text.Length <= StackLengthMax ? text : text[..StackLengthMax];
}
