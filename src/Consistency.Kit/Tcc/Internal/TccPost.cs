using System.Text.Json;
using Consistency.Kit.Messaging;
using Consistency.Kit.Remote;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Asks branches by message, in the commit of the progress that the question follows from, and finds their replies among the work's signals.</summary>
internal sealed class TccPost(string? replyTo, EndsOf<string> ends, TimeProvider time)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);

    internal static string SignalOf(RemoteCall call) => $"{call.BranchId}/{call.OperationName}";

    internal static RemoteAnswer? Find(IReadOnlyList<WorkSignal> replies, RemoteCall call)
    {
        var name = SignalOf(call);
        return replies.FirstOrDefault(reply => reply.Name == name) is { } found
            ? JsonSerializer.Deserialize(found.Payload.Span, BranchJson.Default.BranchReply)!.ToAnswer()
            : null;
    }

    /// <summary>Writes progress, and publishes the questions if and only if it is committed.</summary>
    /// <exception cref="WorkLostException">The claim is lost; nothing was written, and nobody is asked.</exception>
    internal Task WriteAsync(WorkRun run, WorkProgress progress, IReadOnlyList<TccQuestion> questions, CancellationToken cancellationToken) => questions.Count == 0
        ? run.WriteAsync(progress, cancellationToken)
        : run.ExecuteAsync(
            WorkCommit.WithEffect,
            (services, _) =>
            {
                var outbox = services.GetRequiredKeyedService<IOutbox>(run.Store.Key);
                foreach (var question in questions)
                {
                    question.Participant.Ask(outbox, question.Call, question.Request, replyTo!);
                }

                return Task.FromResult(progress);
            },
            cancellationToken);

    /// <summary>Waits for the reply to a question.</summary>
    internal async Task<RemoteAnswer> ReplyAsync(WorkRun run, RemoteCall call, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = ends.NextAsync(call.TransactionId);
            if (Find(await run.ReadSignalsAsync(cancellationToken).ConfigureAwait(false), call) is { } answer)
            {
                return answer;
            }

            // Another instance may have taken the reply in.
            using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(next, Task.Delay(LookInterval, time, awake.Token)).ConfigureAwait(false);
            await awake.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
