using Microsoft.EntityFrameworkCore;

namespace Shop.Paying;

/// <summary>The tables of the payments drill, beside the kit's.</summary>
internal sealed class PayDb(DbContextOptions<PayDb> options) : DbContext(options)
{
    public DbSet<PayOrder> Orders => Set<PayOrder>();

    public DbSet<Parcel> Parcels => Set<Parcel>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PayOrder>().ToTable("pay_orders").Property(order => order.Id).ValueGeneratedNever();
        modelBuilder.Entity<PayOrder>().Property(order => order.State).HasConversion<string>();
        modelBuilder.Entity<Parcel>().ToTable("parcels").HasIndex(parcel => parcel.Order);
    }
}
