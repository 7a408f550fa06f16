using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>The claims on which one context's saves depend, and their rows while a save is running.</summary>
internal sealed class SaveFences : IResettableService
{
    private readonly List<ISaveFence> _fences = [];
    private readonly List<EntityEntry> _rows = [];

    internal bool IsAny => _fences.Count > 0;

    internal IDisposable Attach(ISaveFence fence)
    {
        _fences.Add(fence);
        return new Attachment(this, fence);
    }

    /// <summary>Adds an update to the save for each claim.</summary>
    internal void Begin(DbContext context)
    {
        End();
        foreach (var fence in _fences)
        {
            _rows.Add(fence.Begin(context));
        }
    }

    /// <summary>Leaves nothing of them in the change tracker.</summary>
    internal void End()
    {
        foreach (var row in _rows)
        {
            row.State = EntityState.Detached;
        }

        _rows.Clear();
    }

    /// <summary>The claim that a failed update belongs to, if it is one of these.</summary>
    internal ISaveFence? LostBy(IReadOnlyList<EntityEntry> entries) => _fences.Find(fence => entries.Any(entry => fence.IsRow(entry.Entity)));

    public void ResetState()
    {
        _fences.Clear();
        _rows.Clear();
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    private sealed class Attachment(SaveFences all, ISaveFence fence) : IDisposable
    {
        public void Dispose() => all._fences.Remove(fence);
    }
}
