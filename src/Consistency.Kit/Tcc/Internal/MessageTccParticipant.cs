using System.Text.Json;
using Consistency.Kit.Messaging;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A branch that is asked by message, and replies by message.</summary>
internal sealed class MessageTccParticipant(string name, string topic) : TccParticipant(name)
{
    /// <summary>Publishes the call. All calls of a transaction have its id as their key: they arrive in their order.</summary>
    internal void Ask(IOutbox outbox, RemoteCall call, ReadOnlyMemory<byte> request, string replyTo) => outbox.Publish(
        new BranchCommand(call.TransactionId, call.BranchId, call.OperationName, Name, replyTo, JsonElement.Parse(request.Span)),
        key: call.TransactionId,
        topic: topic);
}
