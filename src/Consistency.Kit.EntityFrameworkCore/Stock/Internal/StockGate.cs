using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>The orders that one context accepts and releases.</summary>
internal sealed class StockGate : IResettableService
{
    private readonly HashSet<object> _accepted = new(ReferenceEqualityComparer.Instance);
    private readonly List<StockTaking> _takings = [];
    private List<StockTaking> _saving = [];

    /// <summary>Whether orders were accepted or released that take from the ledger or give back.</summary>
    internal bool IsUsed { get; set; }

    /// <summary>Whether the transaction went back to a savepoint, so that what was saved in it may be gone.</summary>
    internal bool HasGoneBack { get; set; }

    /// <summary>Whether the commit that is on its way passes by itself, so that nobody else has to see to it.</summary>
    internal bool IsPassedWithCommit { get; set; }

    /// <summary>What the next commit has to take from the ledger, or to bring back.</summary>
    internal IEnumerable<StockTaking> Takings => _takings.Concat(_saving);

    internal void Accept(StockReservationRow row) => _accepted.Add(row);

    internal bool IsAccepted(object entity) => _accepted.Contains(entity);

    internal void Begin(IEnumerable<StockTaking> takings) => _saving = [.. takings];

    internal void Saved(bool inTransaction)
    {
        if (inTransaction)
        {
            _takings.AddRange(_saving);
        }

        _saving = [];
    }

    internal void Failed() => _saving = [];

    internal void Ended()
    {
        _takings.Clear();
        HasGoneBack = false;
    }

    public void ResetState()
    {
        _accepted.Clear();
        _saving = [];
        IsUsed = false;
        IsPassedWithCommit = false;
        Ended();
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }
}
