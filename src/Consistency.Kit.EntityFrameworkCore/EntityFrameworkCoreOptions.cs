namespace Consistency.Kit.EntityFrameworkCore;

/// <summary>How the kit uses one DbContext.</summary>
public sealed class EntityFrameworkCoreOptions
{
    /// <summary>The database schema of the kit's tables; null for the context's default schema.</summary>
    public string? Schema { get; set; }

    /// <summary>
    /// Forces the portable path (LINQ only, one relay at a time), which is otherwise used on databases the kit has no own SQL for.
    /// Default: false.
    /// </summary>
    public bool Portable { get; set; }
}
