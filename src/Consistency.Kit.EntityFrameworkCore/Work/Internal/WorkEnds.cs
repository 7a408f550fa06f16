using Consistency.Kit.Work;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Writes ends that come at the same time together: while one batch is under way, the next one gathers.</summary>
internal sealed class WorkEnds(Func<IReadOnlyList<(WorkLease Lease, WorkStatus Status)>, Task<IReadOnlySet<WorkLease>>> write)
{
    private const int BatchSize = 500;

    private readonly Lock _gate = new();
    private readonly Queue<(WorkLease Lease, WorkStatus Status, TaskCompletionSource<bool> Done)> _waiting = new();
    private bool _writing;

    /// <returns>False when the claim is lost.</returns>
    internal Task<bool> EndAsync(WorkLease lease, WorkStatus status)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((lease, status, done));
            if (_writing)
            {
                return done.Task;
            }

            _writing = true;
        }

        // The batches belong to none of the callers.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(WriteAsync);
        }

        return done.Task;
    }

    private async Task WriteAsync()
    {
        var batch = new List<(WorkLease Lease, WorkStatus Status, TaskCompletionSource<bool> Done)>();
        while (true)
        {
            batch.Clear();
            lock (_gate)
            {
                while (batch.Count < BatchSize && _waiting.TryDequeue(out var next))
                {
                    batch.Add(next);
                }

                if (batch.Count == 0)
                {
                    _writing = false;
                    return;
                }
            }

            try
            {
                var ended = await write(batch.ConvertAll(one => (one.Lease, one.Status))).ConfigureAwait(false);
                foreach (var one in batch)
                {
                    one.Done.TrySetResult(ended.Contains(one.Lease));
                }
            }
#pragma warning disable CA1031 // Whoever waits is told.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                foreach (var one in batch)
                {
                    one.Done.TrySetException(exception);
                }
            }
        }
    }
}
