using Consistency.Kit.Work;

namespace Consistency.Kit.Tests.Tcc;

/// <summary>One process that dies at one of the points before and after its writes and calls: from there on nothing that it does returns.</summary>
internal sealed class Mortality(int death)
{
    private readonly TaskCompletionSource _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _point;

    internal TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the process gives the work to others.</summary>
    internal TaskCompletionSource Rested { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal bool IsDead => Died.Task.IsCompleted;

    /// <summary>Set when the others go on, who do not die.</summary>
    internal bool IsOver { get; set; }

    internal async Task PassAsync()
    {
        if (!IsOver && (IsDead || Interlocked.Increment(ref _point) - 1 == death))
        {
            Died.TrySetResult();
            await _thawed.Task;
        }
    }

    /// <summary>It was only frozen, and goes on from where it was.</summary>
    internal void Thaw() => _thawed.TrySetResult();

    internal WorkStore Wrap(WorkStore store)
    {
        var mortal = new MortalWork(this, store);
        return new WorkStore
        {
            Name = store.Name,
            Intake = mortal,
            Claims = mortal,
            Progress = mortal,
            Registry = store.Registry,
            Interventions = store.Interventions,
            Reader = store.Reader,
            Signals = store.Signals,
            Expiry = store.Expiry,
            IsDurable = store.IsDurable,
            JoinsTransactions = store.JoinsTransactions,
        };
    }

    private sealed class MortalWork(Mortality mortality, WorkStore store) : IWorkIntake, IWorkProgress, IWorkClaims
    {
        public async ValueTask<IReadOnlyList<WorkLease>> RenewAsync(IReadOnlyList<WorkLease> leases, TimeSpan lease, CancellationToken cancellationToken)
        {
            if (mortality.IsDead)
            {
                await mortality._thawed.Task;
            }

            return await store.Claims.RenewAsync(leases, lease, cancellationToken);
        }

        public ValueTask<WorkClaims> ClaimAsync(WorkClaimRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<ClaimedWork>> ClaimLimitedAsync(string owner, TimeSpan lease, WorkLimit limit, int count, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask ReleaseAsync(IReadOnlyList<WorkRelease> releases, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken)
        {
            await mortality.PassAsync();
            var added = await store.Intake.AddAsync(work, cancellationToken);
            await mortality.PassAsync();
            return added;
        }

        public async ValueTask<bool> WriteAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
        {
            await mortality.PassAsync();
            var written = await store.Progress.WriteAsync(lease, progress, cancellationToken);
            await mortality.PassAsync();
            if (progress.Next is WorkNext.Later)
            {
                mortality.Rested.TrySetResult();
            }

            return written;
        }

        public ValueTask<bool> ExecuteAsync(WorkLease lease, WorkCommit commit, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
