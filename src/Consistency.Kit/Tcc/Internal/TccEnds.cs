using System.Collections.Concurrent;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Wakes those who wait in this process for a transaction to come to rest.</summary>
internal sealed class TccEnds
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>Completes when the transaction comes to rest in this process the next time. Ask for it before looking at the transaction.</summary>
    internal Task NextAsync(string id) => _waiting.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal void Announce(string id)
    {
        if (_waiting.TryRemove(id, out var waiting))
        {
            waiting.TrySetResult();
        }
    }
}
