using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

/// <summary>Tables that sort before and after the kit's own, generated keys, children, and a concurrency token.</summary>
public class PublishingDb : DbContext
{
    public PublishingDb(DbContextOptions<PublishingDb> options)
        : base(options)
    {
    }

    protected PublishingDb(DbContextOptions options)
        : base(options)
    {
    }

    public DbSet<Apple> Apples => Set<Apple>();

    public DbSet<Ledger> Ledgers => Set<Ledger>();

    public DbSet<Zebra> Zebras => Set<Zebra>();

    public DbSet<Stripe> Stripes => Set<Stripe>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Apple>(apple =>
        {
            apple.ToTable("apple");
            apple.Property(x => x.Id).ValueGeneratedNever();
            apple.HasIndex(x => x.Name).IsUnique();
        });
        modelBuilder.Entity<Ledger>(ledger =>
        {
            ledger.ToTable("ledger");
            ledger.Property(x => x.Id).ValueGeneratedNever();
            ledger.Property(x => x.Version).IsConcurrencyToken();
        });
        modelBuilder.Entity<Zebra>(zebra =>
        {
            zebra.ToTable("zebra");
            zebra.HasMany(x => x.Stripes).WithOne().HasForeignKey(x => x.ZebraId);
            zebra.HasMany(x => x.Herds).WithMany();
        });
        modelBuilder.Entity<Stripe>().ToTable("zebra_stripe").HasIndex(x => x.Color).IsUnique();
        modelBuilder.Entity<Herd>().ToTable("herd");
        modelBuilder.Entity<Zoo>().ToTable("zoo").Property(x => x.Id).ValueGeneratedNever();
    }
}

public sealed class Apple
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public string Name { get; set; } = Guid.NewGuid().ToString();

    public int Bites { get; set; }
}

public sealed class Ledger
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public int Version { get; set; }
}

/// <summary>Its key is made by the database.</summary>
public sealed class Zebra
{
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public List<Stripe> Stripes { get; set; } = [];

    public List<Herd> Herds { get; set; } = [];
}

public sealed class Stripe
{
    public long Id { get; set; }

    public long ZebraId { get; set; }

    public string Color { get; set; } = Guid.NewGuid().ToString();
}

public sealed class Herd
{
    public long Id { get; set; }

    public string Name { get; set; } = "";
}

/// <summary>Updated by several at once, without a concurrency token.</summary>
public sealed class Zoo
{
    public Guid Id { get; set; }

    public int Value { get; set; }
}
