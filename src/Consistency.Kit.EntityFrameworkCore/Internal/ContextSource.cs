using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Makes contexts for the kit's own work, each in a scope of its own.</summary>
internal sealed class ContextSource(IServiceProvider services, Type contextType)
{
    // SQLite has one writer: queueing here, in turn, beats waiting on a locked file, which is neither fair nor quick.
    private SemaphoreSlim? _turn;

    internal Type ContextType => contextType;

    /// <summary>Whether the engines of this process write one at a time, from now on.</summary>
    internal void QueueWriters(bool oneAtATime) => _turn = oneAtATime ? new SemaphoreSlim(1) : null;

    /// <exception cref="InvalidOperationException">The caller has the turn already.</exception>
    internal async ValueTask WaitForTurnAsync(CancellationToken cancellationToken)
    {
        OneWriter.RefuseAnother(this);
        if (_turn is not null)
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal void EndTurn() => _turn?.Release();

    /// <summary>As <see cref="WithAsync{T}"/>, for work that writes. Not to be nested.</summary>
    internal async ValueTask<T> WriteAsync<T>(Func<DbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await WithAsync(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            EndTurn();
        }
    }

    internal AsyncServiceScope CreateScope() => services.CreateAsyncScope();

    internal DbContext Resolve(IServiceProvider scope) =>
        (DbContext?)scope.GetService(contextType)
        ?? throw new ConsistencyConfigurationException([$"{contextType.Name} is not registered: add services.AddDbContext<{contextType.Name}>(…)."]);

    internal async ValueTask<T> WithAsync<T>(Func<DbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var scope = CreateScope();
        await using (scope.ConfigureAwait(false))
        {
            var context = Resolve(scope.ServiceProvider);

            // What the engines do is safe to repeat, so the user's own strategy may repeat it.
            return await context.Database.CreateExecutionStrategy()
                .ExecuteAsync((context, work), static (state, token) => state.work(state.context, token), cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
