using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The shop without the kit: plain EF Core, with an outbox and an inbox of its own that have the kit's columns and indexes.</summary>
internal sealed class HandDb(DbContextOptions<HandDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Effect> Effects => Set<Effect>();

    public DbSet<HandOutboxRow> Outbox => Set<HandOutboxRow>();

    public DbSet<HandInboxRow> Inbox => Set<HandInboxRow>();

    public DbSet<HandStockItem> Items => Set<HandStockItem>();

    public DbSet<HandStockReservation> Reservations => Set<HandStockReservation>();

    public DbSet<HandStockFact> Facts => Set<HandStockFact>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ShopModel.AddTo(modelBuilder);
        modelBuilder.Entity<HandOutboxRow>(row =>
        {
            row.ToTable(HandOutboxRow.Table);
            row.HasKey(x => x.Position);
            row.Property(x => x.Position).HasColumnName("position").ValueGeneratedOnAdd();
            row.Property(x => x.Shard).HasColumnName("shard");
            row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(x => x.Topic).HasColumnName("aggregatetype").HasMaxLength(200);
            row.Property(x => x.Key).HasColumnName("aggregateid").HasMaxLength(255);
            row.Property(x => x.Type).HasColumnName("type").HasMaxLength(200);
            row.Property(x => x.Payload).HasColumnName("payload");
            row.Property(x => x.Headers).HasColumnName("headers");
            row.Property(x => x.TraceParent).HasColumnName("traceparent").HasMaxLength(55);
            row.Property(x => x.TraceState).HasColumnName("tracestate").HasMaxLength(512);
            row.Property(x => x.PublishedAt).HasColumnName("published_at");
            row.HasIndex(x => new { x.Shard, x.Position });
        });
        modelBuilder.Entity<HandInboxRow>(row =>
        {
            row.ToTable(HandInboxRow.Table);
            row.HasKey(x => new { x.Consumer, x.MessageId });
            row.Property(x => x.Consumer).HasColumnName("consumer").HasMaxLength(200);
            row.Property(x => x.MessageId).HasColumnName("message_id").ValueGeneratedNever();
            row.Property(x => x.Chain).HasColumnName("chain").HasMaxLength(32);
            row.Property(x => x.PublishedAt).HasColumnName("published_at");
            row.Property(x => x.SentAt).HasColumnName("sent_at");
            row.Property(x => x.HandledAt).HasColumnName("handled_at");
            row.HasIndex(x => x.HandledAt);
        });
        AddStock(modelBuilder);
    }

    private static void AddStock(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HandStockItem>().ToTable(HandStockItem.Table).HasKey(x => x.Sku);
        modelBuilder.Entity<HandStockReservation>(row =>
        {
            row.ToTable(HandStockReservation.Table);
            row.HasKey(x => new { x.Sale, x.OrderId });
            row.HasIndex(x => new { x.Sale, x.State, x.Deadline });
            row.HasIndex(x => x.MovedAt);
        });
        modelBuilder.Entity<HandStockFact>(row =>
        {
            row.ToTable(HandStockFact.Table);
            row.HasKey(x => new { x.Sale, x.OrderId });
            row.HasIndex(x => new { x.IsTold, x.Sale, x.AcceptedAt });
        });
    }
}
