using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A call that goes out by message.</summary>
/// <param name="Participant">Who is asked.</param>
/// <param name="Call">What is asked.</param>
/// <param name="Request">What for.</param>
internal sealed record TccQuestion(MessageTccParticipant Participant, RemoteCall Call, ReadOnlyMemory<byte> Request);
