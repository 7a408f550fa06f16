using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>What one context has written to the outbox or added as work, and not announced yet.</summary>
internal sealed class SavedPublications : IResettableService
{
    private readonly List<(OutboxRow Row, IUpdateEntry Entry)> _saved = [];

    private readonly List<(WorkRow Row, IUpdateEntry Entry)> _work = [];

    /// <summary>Work was added to the context at some time.</summary>
    internal bool HasNewWork { get; set; }

    /// <summary>SaveChanges is executing its statements; a commit of its own transaction is no misuse.</summary>
    internal bool Executing { get; set; }

    internal void Add(OutboxRow row, IUpdateEntry entry) => _saved.Add((row, entry));

    internal void Add(WorkRow row, IUpdateEntry entry) => _work.Add((row, entry));

    /// <summary>Forgets what an attempt that failed had written.</summary>
    internal void Clear()
    {
        _saved.Clear();
        _work.Clear();
    }

    internal IReadOnlyList<(WorkRow Row, IUpdateEntry Entry)> TakeWork()
    {
        if (_work.Count == 0)
        {
            return [];
        }

        (WorkRow, IUpdateEntry)[] saved = [.. _work];
        _work.Clear();
        return saved;
    }

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
        Clear();
        Executing = false;
        HasNewWork = false;
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }
}
