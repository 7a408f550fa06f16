using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Writes progress with the SQL of one kind of database.</summary>
internal interface IProgressWriter
{
    /// <summary>Whether it saves through the context, which then has to have accepted what it saved before.</summary>
    bool UsesTracker { get; }

    /// <summary>In a transaction of its own.</summary>
    /// <returns>False, and nothing written, when the claim is lost.</returns>
    Task<bool> WriteAsync(DbContext context, WorkLease lease, WorkProgress progress, CancellationToken cancellationToken);

    /// <summary>As the last thing of the transaction, which it commits, or rolls back when the claim is lost.</summary>
    Task<bool> CommitWithAsync(DbContext context, IDbContextTransaction transaction, WorkLease lease, WorkProgress progress);

    /// <summary>Ends several pieces of work without a word.</summary>
    /// <returns>Those whose claims were not lost.</returns>
    Task<IReadOnlySet<WorkLease>> EndAsync(DbContext context, IReadOnlyList<(WorkLease Lease, WorkStatus Status)> ends, CancellationToken cancellationToken);
}
