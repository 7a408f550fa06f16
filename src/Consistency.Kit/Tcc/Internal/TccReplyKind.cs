using System.Text.Json;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Brings replies to their transactions; they were taken in with the inbox's commit and may not be lost with the process.</summary>
internal sealed class TccReplyKind(Type? storeKey, EndsOf<string> ends) : WorkKind
{
    internal const string Family = "tcc-reply";

    internal override string Scope => Family;

    internal override string Type => Family;

    internal override Type? StoreKey => storeKey;

    internal override WorkTier Tier => WorkTier.Transaction;

    internal override RetryPolicy Retry { get; } = new() { BaseDelay = TimeSpan.FromSeconds(1), MaxAttempts = 10, IsFinal = static exception => exception is JsonException };

    internal override async Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        var reply = JsonSerializer.Deserialize(run.Work.Input.Span, BranchJson.Default.BranchReply)!;

        var call = reply.ToCall()!;

        // A transaction that has ended, or is collected, was told before: replies may be repeated.
        if (await run.Store.Reader.FindByKeyAsync(TccHistory.Scope, call.TransactionId, cancellationToken).ConfigureAwait(false) is { } work)
        {
            await run.Store.SignalAsync(work.Id, new WorkSignal(TccPost.SignalOf(call), run.Work.Input), cancellationToken).ConfigureAwait(false);
            ends.Announce(call.TransactionId);
        }
    }
}
