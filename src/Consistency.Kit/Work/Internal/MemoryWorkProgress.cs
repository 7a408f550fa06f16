using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Work.Internal;

internal sealed class MemoryWorkProgress(MemoryWorkTable table, IServiceProvider services) : IWorkProgress
{
    public ValueTask<bool> WriteAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        cancellationToken.ThrowIfCancellationRequested();
        lock (table.Gate)
        {
            if (!table.Rows.TryGetValue(lease.Id, out var row) || !row.IsHeldBy(lease))
            {
                return ValueTask.FromResult(false);
            }

            var now = table.Now;
            row.Append(progress.Events, now);
            row.State = progress.State ?? row.State;
            row.Attempts = progress.Attempts ?? row.Attempts;
            row.TakeOvers = 0;
            row.Error = progress.Error ?? row.Error;
            row.ScheduledAt = progress.ScheduledAt is { } scheduled ? WorkTimes.Bounded(scheduled) : row.ScheduledAt;
            row.Go(progress.Next, now);
            table.Changed(row);
            return ValueTask.FromResult(true);
        }
    }

    public async ValueTask<bool> ExecuteAsync(WorkLease lease, WorkCommit commit, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(effect);
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var progress = await effect(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
            return await WriteAsync(lease, progress, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
