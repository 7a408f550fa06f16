using System.Collections.Concurrent;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Wakes those who wait in this process for a saga to end.</summary>
internal sealed class SagaEnds
{
    private readonly ConcurrentDictionary<SagaIdentity, TaskCompletionSource> _waiting = new();

    /// <summary>Completes when the saga comes to rest in this process the next time. Ask for it before looking at the saga.</summary>
    internal Task NextAsync(SagaIdentity saga) => _waiting.GetOrAdd(saga, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void Announce(SagaIdentity saga)
    {
        if (_waiting.TryRemove(saga, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Nobody in this call waits any more; another one that does looks for itself now and then.</summary>
    internal void Forget(SagaIdentity saga) => Announce(saga);
}
