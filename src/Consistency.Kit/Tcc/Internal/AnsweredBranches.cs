using System.Text;
using Consistency.Kit.Messaging;
using Consistency.Kit.Remote;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Handles commands to this application's branches: the branch's effect, the barrier's row, the inbox's claim and the reply are one commit.</summary>
internal sealed class AnsweredBranches(IReadOnlyList<AnsweredBranch> branches)
{
    internal IReadOnlyList<AnsweredBranch> All => branches;

    internal async Task HandleAsync(IServiceProvider services, Type store, BranchCommand command, MessageContext context, CancellationToken cancellationToken)
    {
        if (command.TryRead(out var call) is { } problem)
        {
            throw new UnreadableMessageException(context.MessageId, $"Message {context.MessageId} is no call of a branch. {problem}");
        }

        if (branches.FirstOrDefault(known => known.Name == command.Branch) is not { } branch)
        {
            throw new UnreadableMessageException(context.MessageId, $"Message {context.MessageId} is for a branch that this application does not have: add it to kit.AddTccBranches(…) and requeue it.");
        }

        if (branch.Store != store)
        {
            // The handler of its own store has it.
            return;
        }

        var answer = await branch.RunAsync(services, services.GetRequiredService<BarrierEngines>(), call!, Encoding.UTF8.GetBytes(command.Request.GetRawText()), cancellationToken).ConfigureAwait(false);
        var reply = BranchReply.Of(call!, answer) ?? throw new BranchOutOfOrderException($"{call}: {((RemoteAnswer.Unknown)answer).Reason} Its coordinator is broken, look at both sides.");
        services.GetRequiredKeyedService<IOutbox>(store).Publish(reply, key: call!.TransactionId, topic: command.ReplyTo);
    }
}
