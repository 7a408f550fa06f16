using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>What one context has written to the outbox and not announced yet.</summary>
internal sealed class SavedPublications : IResettableService
{
    private readonly List<(OutboxRow Row, IUpdateEntry Entry)> _saved = [];

    /// <summary>SaveChanges is executing its statements; a commit of its own transaction is no misuse.</summary>
    internal bool Executing { get; set; }

    internal void Add(OutboxRow row, IUpdateEntry entry) => _saved.Add((row, entry));

    /// <summary>Forgets what an attempt that failed had written.</summary>
    internal void Clear() => _saved.Clear();

    internal IReadOnlyList<(OutboxRow Row, IUpdateEntry Entry)> Take()
    {
        if (_saved.Count == 0)
        {
            return [];
        }

        (OutboxRow, IUpdateEntry)[] saved = [.. _saved];
        _saved.Clear();
        return saved;
    }

    public void ResetState()
    {
        _saved.Clear();
        Executing = false;
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }
}
