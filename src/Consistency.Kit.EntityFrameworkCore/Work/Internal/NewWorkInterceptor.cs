using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Prepares work that is added with a save.</summary>
internal sealed class NewWorkInterceptor : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is { } context && context.GetService<SavedPublications>().HasNewWork)
        {
            var rows = NewWorkRows.Of(context);
            var found = NewWorkRows.Lookups(context, rows).SelectMany(lookup => lookup.ToList()).ToList();
            Prepare(context, rows, found);
        }

        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context && context.GetService<SavedPublications>().HasNewWork)
        {
            var rows = NewWorkRows.Of(context);
            var found = new List<WorkRow>();
            foreach (var lookup in NewWorkRows.Lookups(context, rows))
            {
                found.AddRange(await lookup.ToListAsync(cancellationToken).ConfigureAwait(false));
            }

            Prepare(context, rows, found);
        }

        return result;
    }

    private static void Prepare(DbContext context, List<Microsoft.EntityFrameworkCore.ChangeTracking.EntityEntry<WorkRow>> rows, List<WorkRow> found)
    {
        if (KitRuntime.Find(context) is { } runtime)
        {
            NewWorkRows.Prepare(rows, found, runtime.Shared, runtime.Work.Engine);
        }
    }
}
