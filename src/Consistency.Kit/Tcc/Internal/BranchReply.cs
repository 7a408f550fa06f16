using System.Text.Json;
using System.Text.Json.Serialization;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>What a branch that was asked by message says. The form is on the wire, and in the signals of a transaction.</summary>
/// <param name="TransactionId">As in the command; the message's key too.</param>
/// <param name="BranchId">As in the command.</param>
/// <param name="Operation">As in the command.</param>
/// <param name="Outcome"><c>done</c>, <c>refused</c> or <c>superseded</c>.</param>
/// <param name="Reason">Why it was refused; null when it was not.</param>
/// <param name="Result">What a try says; nothing where it was not done, and after a confirm or a cancel.</param>
internal sealed record BranchReply(
    [property: JsonPropertyName("gid")] string TransactionId,
    [property: JsonPropertyName("branch_id")] string BranchId,
    [property: JsonPropertyName("op")] string Operation,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("result")] JsonElement? Result)
{
    internal const string Name = "consistency.branch-reply.v1";

    private const string Done = "done";
    private const string Refused = "refused";
    private const string Superseded = "superseded";

    /// <summary>Null when nothing is known that could be told.</summary>
    internal static BranchReply? Of(RemoteCall call, RemoteAnswer answer) => answer switch
    {
        RemoteAnswer.Done done => new(call.TransactionId, call.BranchId, call.OperationName, Done, null, done.Reply.IsEmpty ? null : JsonElement.Parse(done.Reply.Span)),
        RemoteAnswer.Refused refused => new(call.TransactionId, call.BranchId, call.OperationName, refused.IsSuperseded ? Superseded : Refused, refused.Refusal.Reason, null),
        _ => null,
    };

    /// <summary>The call that it answers; null when it names none.</summary>
    internal RemoteCall? ToCall()
    {
        RemoteCall.TryRead("tcc", BranchCommand.Parameters(TransactionId, BranchId, Operation), out var call, out _);
        return call;
    }

    /// <summary>What the coordinator makes of it.</summary>
    internal RemoteAnswer ToAnswer() => Outcome switch
    {
        Done => new RemoteAnswer.Done(Result is { } result ? JsonSerializer.SerializeToUtf8Bytes(result, BranchJson.Default.JsonElement) : default),
        Refused or Superseded => new RemoteAnswer.Refused(new Refusal(Work.Internal.WorkErrors.Cut(Reason) ?? "The participant said no."), Outcome == Superseded),
        _ => new RemoteAnswer.Unknown("Its reply has no outcome that is known here."),
    };
}
