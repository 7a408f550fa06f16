using Confluent.Kafka;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Which errors are about the message or its topic. Everything else is trouble of the transport.</summary>
internal static class Refusals
{
    internal static bool IsRefusal(ErrorCode code) => code is
        ErrorCode.MsgSizeTooLarge or
        ErrorCode.RecordListTooLarge or
        ErrorCode.InvalidMsgSize or
        ErrorCode.InvalidRecord or
        ErrorCode.InvalidTimestamp or
        ErrorCode.UnsupportedForMessageFormat or
        ErrorCode.PolicyViolation or
        ErrorCode.TopicAuthorizationFailed or
        ErrorCode.TopicException or
        ErrorCode.UnknownTopicOrPart or
        ErrorCode.Local_UnknownTopic or
        ErrorCode.Local_UnknownPartition or
        ErrorCode.Local_InvalidArg;

    internal static bool MayBeTheBatch(ErrorCode code) => code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsgSize;

    internal static KafkaRefusalException Of(string topic, Error error) => new(topic, error.Code switch
    {
        ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsgSize =>
            $"{error.Reason}. Publish a reference to the data instead, or raise the topic's max.message.bytes and the producer's message.max.bytes.",
        ErrorCode.TopicAuthorizationFailed => $"{error.Reason}. Allow this principal to write to the topic.",
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic =>
            $"{error.Reason}. Create the topic, or let the kit do it with KafkaOptions.CreateTopics.",
        _ => error.Reason,
    }, new KafkaException(error));
}
