namespace Consistency.Kit.Work.Internal;

/// <summary>One kind of work that this process knows: a job type, a version of a saga. Registered as a service.</summary>
internal abstract class WorkKind
{
    /// <summary>The family of work.</summary>
    internal abstract string Scope { get; }

    /// <summary>What the rows say that this kind can run.</summary>
    internal abstract string Type { get; }

    /// <summary>The store, named by its DbContext; null for the only one.</summary>
    internal virtual Type? StoreKey => null;

    /// <summary>What it may wait for, and who for it.</summary>
    internal virtual WorkTier Tier => WorkTier.Job;

    /// <summary>How many may run at once over all instances; null for any number.</summary>
    internal virtual WorkLimit? Limit => null;

    /// <summary>What happens when a run throws.</summary>
    internal abstract RetryPolicy Retry { get; }

    /// <summary>Whether a throwing run is written down as an event besides the row's error.</summary>
    internal virtual bool KeepsFailures => true;

    /// <summary>Drives the work until it has written where it stands: later, ended or parked. A run that returns without is done.</summary>
    /// <param name="run">The claim and the store.</param>
    /// <param name="cancellationToken">Cancelled when the claim is lost or the process stops.</param>
    /// <remarks>When it throws and has not concluded, the engine writes the failure: later by <see cref="Retry"/>, or parked.</remarks>
    internal abstract Task RunAsync(WorkRun run, CancellationToken cancellationToken);

    /// <summary>Deletes what is kept about work in other places, before its row is collected. Repeated when the process dies in between.</summary>
    internal virtual Task ForgetAsync(Guid id, CancellationToken cancellationToken) => Task.CompletedTask;
}
