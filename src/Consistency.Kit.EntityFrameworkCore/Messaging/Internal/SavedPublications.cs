using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>What one context has written to the outbox and not announced yet.</summary>
internal sealed class SavedPublications : IResettableService
{
    private HashSet<int>? _shards;

    /// <summary>A SaveChanges is running; its own commit is no misuse.</summary>
    internal bool Saving { get; set; }

    internal void Add(int shard) => (_shards ??= []).Add(shard);

    internal IReadOnlyCollection<int> Take()
    {
        IReadOnlyCollection<int> shards = _shards ?? (IReadOnlyCollection<int>)[];
        _shards = null;
        return shards;
    }

    public void ResetState()
    {
        _shards = null;
        Saving = false;
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }
}
