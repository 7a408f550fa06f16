using Confluent.Kafka;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>The state of a message and why.</summary>
internal readonly record struct SendOutcome(SendState State, ErrorCode Code = ErrorCode.NoError, Exception? Error = null);
