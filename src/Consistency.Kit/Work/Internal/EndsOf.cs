using System.Collections.Concurrent;

namespace Consistency.Kit.Work.Internal;

/// <summary>Wakes those who wait in this process for a saga or a transaction to end.</summary>
internal sealed class EndsOf<TId>
    where TId : notnull
{
    private readonly ConcurrentDictionary<TId, TaskCompletionSource> _waiting = new();

    /// <summary>Completes when it comes to rest in this process the next time. Ask for it before looking at it.</summary>
    internal Task NextAsync(TId id) => _waiting.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void Announce(TId id)
    {
        if (_waiting.TryRemove(id, out var waiting))
        {
            waiting.TrySetResult();
        }
    }

    /// <summary>Nobody in this call waits any more; another one that does looks for itself now and then.</summary>
    internal void Forget(TId id) => Announce(id);
}
