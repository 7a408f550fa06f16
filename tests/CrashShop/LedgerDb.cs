using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.CrashShop;

/// <summary>Another database, which knows nothing of the first but what the barrier tells it.</summary>
internal sealed class LedgerDb(DbContextOptions<LedgerDb> options) : DbContext(options)
{
    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => CrashShopDb.MapEffects(modelBuilder);
}
