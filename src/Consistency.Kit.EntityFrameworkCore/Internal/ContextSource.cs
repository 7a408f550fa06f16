using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Makes contexts for the kit's own work, each in a scope of its own.</summary>
internal sealed class ContextSource(IServiceProvider services, Type contextType)
{
    internal Type ContextType => contextType;

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
