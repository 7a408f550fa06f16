using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Knows that what runs now is inside the one write transaction that SQLite allows: whoever would wait for its end there waits for ever.</summary>
/// <remarks>Only to tell that mistake from a wait that ends; nothing else depends on it.</remarks>
internal static class OneWriter
{
    private static readonly AsyncLocal<Holder?> Current = new();

    /// <summary>Begins with the caller's next call; the caller itself must not be left before the result is disposed of.</summary>
    internal static IDisposable? Enter(ContextSource contexts, DbContext context, object work)
    {
        if (!Provider.IsSqlite(context))
        {
            return null;
        }

        return Current.Value = new Holder(contexts, context, work, Current.Value);
    }

    /// <summary>Refuses a write of the kit's own, which has a context and a transaction of its own.</summary>
    /// <exception cref="InvalidOperationException">It is asked for by the work that holds the database.</exception>
    internal static void RefuseAnother(ContextSource contexts)
    {
        if (Current.Value is { HasEnded: false } holder && ReferenceEquals(contexts, holder.Contexts))
        {
            throw Refuse(holder, "A write of the kit in another scope");
        }
    }

    /// <summary>Refuses a save of another context on the same database.</summary>
    /// <exception cref="InvalidOperationException">It is asked for by the work that holds the database.</exception>
    internal static void RefuseSave(DbContext context)
    {
        if (Current.Value is { HasEnded: false } holder
            && !ReferenceEquals(context, holder.Context)
            && Provider.IsSqlite(context)
            && context.Database.GetConnectionString() == holder.Context.Database.GetConnectionString())
        {
            throw Refuse(holder, "A save of another context");
        }
    }

    private static InvalidOperationException Refuse(Holder holder, string what) => new(
        $"{what} would wait for ever for the work of {holder.Work}, which has called it: SQLite has one writer, and the work holds it until it is committed. Use the work's own {holder.Context.GetType().Name}, or do it after the work.");

    private sealed class Holder(ContextSource contexts, DbContext context, object work, Holder? outer) : IDisposable
    {
        private volatile bool _hasEnded;

        internal ContextSource Contexts => contexts;

        internal DbContext Context => context;

        /// <summary>Who holds it, for people.</summary>
        internal object Work => work;

        /// <summary>What the work has left running keeps seeing it.</summary>
        internal bool HasEnded => _hasEnded;

        public void Dispose()
        {
            _hasEnded = true;
            Current.Value = outer;
        }
    }
}
