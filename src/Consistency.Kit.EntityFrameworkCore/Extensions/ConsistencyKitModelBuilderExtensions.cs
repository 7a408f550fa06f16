using Consistency.Kit.EntityFrameworkCore.Internal;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the kit's tables to a model.</summary>
public static class ConsistencyKitModelBuilderExtensions
{
    /// <summary>
    /// Adds the kit's tables. Needed only where a model is built without the kit's services, such as in a design-time factory,
    /// which would otherwise generate a migration that drops them. Calling it in any other case changes nothing.
    /// </summary>
    /// <param name="modelBuilder">The model.</param>
    /// <param name="schema">The database schema; null for the model's default.</param>
    public static ModelBuilder AddConsistencyKit(this ModelBuilder modelBuilder, string? schema = null)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        KitModel.AddTo(modelBuilder, schema);
        return modelBuilder;
    }
}
