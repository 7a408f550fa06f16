using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Support;

public sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Invoice> Invoices => Set<Invoice>();

    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().Property(order => order.Id).ValueGeneratedNever();
        modelBuilder.Entity<Invoice>().HasMany(invoice => invoice.Lines).WithOne().HasForeignKey(line => line.InvoiceId);
        modelBuilder.Entity<Effect>().Property(effect => effect.Id).ValueGeneratedOnAdd();
    }
}

public sealed class Order
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public string Customer { get; set; } = "";

    public int Version { get; set; }
}

/// <summary>Has a key the database generates, and children that need it.</summary>
public sealed class Invoice
{
    public long Id { get; set; }

    public string Customer { get; set; } = "";

    public List<InvoiceLine> Lines { get; set; } = [];
}

public sealed class InvoiceLine
{
    public long Id { get; set; }

    public long InvoiceId { get; set; }

    public string Text { get; set; } = "";
}

/// <summary>What a handler did.</summary>
public sealed class Effect
{
    public long Id { get; set; }

    public string Consumer { get; set; } = "";

    public string Key { get; set; } = "";

    public int Number { get; set; }
}

public sealed record OrderPlaced(Guid OrderId, int Number);

public sealed record InvoiceWritten(long InvoiceId, long FirstLineId);

[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(InvoiceWritten))]
public sealed partial class ShopJson : JsonSerializerContext;
