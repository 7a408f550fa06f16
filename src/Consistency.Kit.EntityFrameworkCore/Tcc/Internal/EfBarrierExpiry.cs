using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Deletes rows of branches that are over.</summary>
internal sealed class EfBarrierExpiry(ContextSource contexts, StoreClock clock) : IBarrierExpiry
{
    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        var before = clock.Now - retention;
        return contexts.WriteAsync(
            (context, token) => context.Set<BarrierRow>()
                .Where(row => row.MovedAt < before && row.State != BranchState.Tried)
                .OrderBy(row => row.MovedAt)
                .Take(limit)
                .ExecuteDeleteAsync(token),
            cancellationToken);
    }

    public ValueTask<int> ForgetAsync(string transactionId, CancellationToken cancellationToken) => contexts.WriteAsync(
        (context, token) => context.Set<BarrierRow>().Where(row => row.TransactionId == transactionId).ExecuteDeleteAsync(token),
        cancellationToken);
}
