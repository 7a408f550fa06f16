using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Transactions whose caller has decided and left, or is not heard of any more.</summary>
internal sealed class TccKind(TccCatalog catalog, Type? storeKey, TccOptions options, TccPost post, EndsOf<string> ends, TimeProvider time, ILogger logger) : WorkKind
{
    internal const string CallerGone = "Its caller was not heard of again before it had decided.";

    internal override string Scope => TccHistory.Scope;

    internal override string Type => TccHistory.Scope;

    internal override Type? StoreKey => storeKey;

    internal override WorkTier Tier => WorkTier.Transaction;

    internal override RetryPolicy Retry => options.Retry;

    internal override async Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        var id = run.Work.Key!;
        var history = TccHistory.Read(await run.ReadHistoryAsync(cancellationToken).ConfigureAwait(false));
        var ending = new TccEnding(id, run, history, catalog, options, post, time, logger);
        if (history.Confirms is null)
        {
            await ending.DecideAsync(confirms: false, CallerGone, WorkNext.GoOn, cancellationToken).ConfigureAwait(false);
        }

        switch (await ending.EndAsync(cancellationToken).ConfigureAwait(false))
        {
            case null:
                ends.Announce(id);
                break;
            case { Wait: { } wait } waiting:
                await run.WriteAsync(new WorkProgress { Error = waiting.Missing, Next = wait }, cancellationToken).ConfigureAwait(false);
                break;
            case var unfinished:
                throw new TccUnfinishedException(unfinished.Missing);
        }
    }
}
