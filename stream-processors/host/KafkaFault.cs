using Confluent.Kafka;
using Streams.Core.Errors;

namespace Streams.Processors.Host;

/// <summary>Which of Kafka's errors pass by themselves. Unknown ones count as passing.</summary>
internal static class KafkaFault
{
    public static bool IsRefusal(ErrorCode code) => code is
        ErrorCode.Local_Authentication or ErrorCode.SaslAuthenticationFailed or ErrorCode.TopicAuthorizationFailed
        or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.TransactionalIdAuthorizationFailed
        or ErrorCode.UnsupportedVersion or ErrorCode.UnsupportedSaslMechanism or ErrorCode.Local_InvalidArg;

    public static StreamsException Of(Error error) =>
        (IsRefusal(error.Code) ? ProcessorErrors.KafkaRefused : ProcessorErrors.KafkaUnreachable).With($"{error.Reason} ({error.Code}).");
}
