using System.Text.Json;
using System.Text.Json.Serialization;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>One call of a branch as a message. The names are dtm's; the form is on the wire.</summary>
/// <param name="TransactionId">The global transaction; the message's key too.</param>
/// <param name="BranchId">The branch within it.</param>
/// <param name="Operation">What is asked: <c>try</c>, <c>confirm</c> or <c>cancel</c>.</param>
/// <param name="Branch">The branch's stable name.</param>
/// <param name="ReplyTo">The topic that the reply is published to.</param>
/// <param name="Request">What it is asked for; the same for all three operations.</param>
internal sealed record BranchCommand(
    [property: JsonPropertyName("gid")] string TransactionId,
    [property: JsonPropertyName("branch_id")] string BranchId,
    [property: JsonPropertyName("op")] string Operation,
    [property: JsonPropertyName("branch")] string Branch,
    [property: JsonPropertyName("reply_to")] string ReplyTo,
    [property: JsonPropertyName("request")] JsonElement Request)
{
    internal const string Name = "consistency.branch-command.v1";

    /// <summary>The call; what is wrong, when it names none.</summary>
    internal string? TryRead(out RemoteCall? call)
    {
        RemoteCall.TryRead("tcc", Parameters(TransactionId, BranchId, Operation), out call, out var problem);
        return problem ?? (string.IsNullOrWhiteSpace(ReplyTo) ? "It does not say where its reply goes (reply_to)." : null);
    }

    internal static Func<string, string?> Parameters(string transactionId, string branchId, string operation) => key => key switch
    {
        "trans_type" => "tcc",
        "gid" => transactionId,
        "branch_id" => branchId,
        "op" => operation,
        _ => null,
    };
}
