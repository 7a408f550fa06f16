using Consistency.Kit;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Prepares the database of an application that is built and not started yet.</summary>
public static class ConsistencyKitServiceProviderExtensions
{
    /// <summary>
    /// For a quick start: creates the database with all tables of the context when it does not exist or is empty, and otherwise adds the
    /// kit's tables that are missing. The same as <c>db.Database.EnsureConsistencyKitCreatedAsync()</c> on a context of its own.
    /// </summary>
    /// <param name="services">The application's services, for example <c>host.Services</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ConsistencyConfigurationException">The context is not registered.</exception>
    public static async Task EnsureConsistencyKitCreatedAsync<TContext>(this IServiceProvider services, CancellationToken cancellationToken = default)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(services);
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var context = scope.ServiceProvider.GetService<TContext>()
                ?? throw new ConsistencyConfigurationException([$"{typeof(TContext).Name} is not registered: add services.AddDbContext<{typeof(TContext).Name}>(…)."]);
            await context.Database.EnsureConsistencyKitCreatedAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
