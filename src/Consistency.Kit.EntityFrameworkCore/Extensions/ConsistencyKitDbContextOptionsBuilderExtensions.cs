using Consistency.Kit.EntityFrameworkCore;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the kit to a DbContext that is not configured through <c>kit.UseEntityFrameworkCore</c>.</summary>
public static class ConsistencyKitDbContextOptionsBuilderExtensions
{
    /// <summary>Adds the kit's tables to the model, for a design-time factory. Publishing needs <c>AddConsistencyKit</c>.</summary>
    /// <param name="builder">The context's options.</param>
    /// <param name="configure">The same options as given to <c>kit.UseEntityFrameworkCore</c>.</param>
    public static DbContextOptionsBuilder UseConsistencyKit(this DbContextOptionsBuilder builder, Action<EntityFrameworkCoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new EntityFrameworkCoreOptions();
        configure?.Invoke(options);
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new KitOptionsExtension(options, runtime: null));
        return builder;
    }
}
