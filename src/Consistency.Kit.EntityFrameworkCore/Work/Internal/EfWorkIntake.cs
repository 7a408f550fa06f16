using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Adds work as a user's save does.</summary>
internal sealed class EfWorkIntake(ContextSource contexts) : IWorkIntake
{
    private const int Tries = 3;

    public ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        return contexts.WriteAsync(
            async (context, token) =>
            {
                for (var tries = 1; ; tries++)
                {
                    var added = new WorkAdded(work.Id, IsExisting: false);
                    context.ChangeTracker.Clear();
                    NewWorkRows.Add(context, work, outcome => added = outcome);
                    try
                    {
                        CrashPoint.At("work.adding");
                        await context.SaveChangesAsync(token).ConfigureAwait(false);
                        CrashPoint.At("work.added");
                        return added;
                    }
                    catch (DbUpdateException) when (work.Key is not null && tries < Tries)
                    {
                        // Somebody else has taken the key since it was looked up: now it will be found.
                    }
                }
            },
            cancellationToken);
    }

    public void AddTo(IServiceProvider scope, NewWork work) => NewWorkRows.Add(contexts.Resolve(scope), work, added: null);
}
