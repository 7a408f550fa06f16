using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using static Consistency.Kit.EntityFrameworkCore.Internal.KitTable;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>The tables of the outbox and the inbox.</summary>
internal static class MessagingModel
{
    private const int NameLength = 200;
    private const int ErrorLength = 1_000;

    private static readonly string[] IdentityNames = ["IdentityByDefaultColumn", "IdentityColumn"];

    internal static readonly IReadOnlyList<(Type Type, Func<DbContext, CancellationToken, Task> ReadAsync)> Probes =
    [
        Probe<OutboxRow>(),
        Probe<OutboxShardRow>(),
        Probe<RelayRow>(),
        Probe<OutboxHoldRow>(),
        Probe<InboxRow>(),
        Probe<InboxHoldRow>(),
    ];

    internal static void AddTo(ModelBuilder model, string? schema)
    {
        model.Entity<OutboxRow>(row =>
        {
            Table(row, "consistency_outbox", schema);
            row.HasKey(x => x.Position);
            if (Identity(row.Property(x => x.Position).HasColumnName("position")))
            {
                // Nobody here needs to know the number: to EF, a value that is neither written nor read back.
                row.Property(x => x.Position).ValueGeneratedNever().Metadata.SetBeforeSaveBehavior(PropertySaveBehavior.Ignore);
            }

            row.Property(x => x.Shard).HasColumnName("shard");
            row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(x => x.Topic).HasColumnName("aggregatetype").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Key).HasColumnName("aggregateid").HasMaxLength(MessageEncoder.MaxKeyLength).IsRequired();
            row.Property(x => x.Type).HasColumnName("type").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Payload).HasColumnName("payload").IsRequired();
            row.Property(x => x.Headers).HasColumnName("headers");
            Trace(row.Property(x => x.TraceParent), row.Property(x => x.TraceState));
            row.Property(x => x.PublishedAt).HasColumnName("published_at").HasConversion(Utc);
            row.HasIndex(x => new { x.Shard, x.Position }).HasDatabaseName("ix_consistency_outbox_shard_position");
        });
        model.Entity<OutboxShardRow>(row =>
        {
            Table(row, "consistency_outbox_shard", schema);
            row.HasKey(x => x.Shard);
            row.Property(x => x.Shard).HasColumnName("shard").ValueGeneratedNever();
            row.Property(x => x.Owner).HasColumnName("owner").HasMaxLength(NameLength);
            row.Property(x => x.Epoch).HasColumnName("epoch");
            row.Property(x => x.Until).HasColumnName("until").HasConversion(Utc);
            row.Property(x => x.Mark).HasColumnName("mark");
        });
        model.Entity<RelayRow>(row =>
        {
            Table(row, "consistency_relay", schema);
            row.HasKey(x => x.Owner);
            row.Property(x => x.Owner).HasColumnName("owner").HasMaxLength(NameLength);
            row.Property(x => x.Until).HasColumnName("until").HasConversion(Utc);
        });
        model.Entity<OutboxHoldRow>(row =>
        {
            Table(row, "consistency_outbox_hold", schema);
            row.HasKey(x => new { x.Shard, x.Position });
            row.Property(x => x.Shard).HasColumnName("shard").ValueGeneratedNever();
            row.Property(x => x.Position).HasColumnName("position").ValueGeneratedNever();
            row.Property(x => x.Topic).HasColumnName("aggregatetype").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Key).HasColumnName("aggregateid").HasMaxLength(MessageEncoder.MaxKeyLength).IsRequired();
            row.Property(x => x.HoldsKey).HasColumnName("holds_key");
            row.Property(x => x.Attempts).HasColumnName("attempts");
            row.Property(x => x.DueAt).HasColumnName("due_at").HasConversion(Utc);
            row.Property(x => x.ParkedAt).HasColumnName("parked_at").HasConversion(Utc);
            row.Property(x => x.Error).HasColumnName("error").HasMaxLength(ErrorLength).IsRequired();
        });
        model.Entity<InboxRow>(row =>
        {
            Table(row, "consistency_inbox", schema);
            row.HasKey(x => new { x.Consumer, x.MessageId });
            row.Property(x => x.Consumer).HasColumnName("consumer").HasMaxLength(NameLength);
            row.Property(x => x.MessageId).HasColumnName("message_id").ValueGeneratedNever();
            row.Property(x => x.Chain).HasColumnName("chain").HasMaxLength(32);
            row.Property(x => x.PublishedAt).HasColumnName("published_at").HasConversion(Utc);
            row.Property(x => x.SentAt).HasColumnName("sent_at").HasConversion(Utc);
            row.Property(x => x.HandledAt).HasColumnName("handled_at").HasConversion(Utc);
            row.HasIndex(x => x.HandledAt).HasDatabaseName("ix_consistency_inbox_handled_at");
        });
        model.Entity<InboxHoldRow>(row =>
        {
            Table(row, "consistency_inbox_hold", schema);
            row.HasKey(x => x.Sequence);
            Identity(row.Property(x => x.Sequence).HasColumnName("sequence"));
            row.Property(x => x.Consumer).HasColumnName("consumer").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.MessageId).HasColumnName("message_id");
            row.Property(x => x.Topic).HasColumnName("topic").HasMaxLength(NameLength + 55).IsRequired();
            row.Property(x => x.Key).HasColumnName("message_key").HasMaxLength(MessageEncoder.MaxKeyLength).IsRequired();
            row.Property(x => x.Type).HasColumnName("type").HasMaxLength(NameLength + 55).IsRequired();
            row.Property(x => x.Payload).HasColumnName("payload").IsRequired();
            row.Property(x => x.Headers).HasColumnName("headers");
            Trace(row.Property(x => x.TraceParent), row.Property(x => x.TraceState));
            row.Property(x => x.PublishedAt).HasColumnName("published_at").HasConversion(Utc);
            row.Property(x => x.HoldsKey).HasColumnName("holds_key");
            row.Property(x => x.Attempts).HasColumnName("attempts");
            row.Property(x => x.DueAt).HasColumnName("due_at").HasConversion(Utc);
            row.Property(x => x.ParkedAt).HasColumnName("parked_at").HasConversion(Utc);
            row.Property(x => x.Error).HasColumnName("error").HasMaxLength(ErrorLength).IsRequired();
            row.HasIndex(x => new { x.Consumer, x.MessageId }).IsUnique().HasDatabaseName("ux_consistency_inbox_hold_message");
            row.HasIndex(x => new { x.Consumer, x.Topic, x.Key, x.Sequence }).HasDatabaseName("ix_consistency_inbox_hold_key");
            row.HasIndex(x => x.DueAt).HasDatabaseName("ix_consistency_inbox_hold_due_at");
        });
    }

    /// <summary>Whether saved rows keep the key they were tracked by instead of learning their position.</summary>
    internal static bool KeepsKeys(IModel model) => model.FindEntityType(typeof(OutboxRow))?.FindProperty(nameof(OutboxRow.Position))?.ValueGenerated == ValueGenerated.Never;

    /// <summary>
    /// The database numbers the rows one by one, even where the model prefers sequences or hi-lo: numbers drawn by a client in
    /// advance say nothing about order. Providers have no common name for this, but each keeps the model's choice in an annotation.
    /// </summary>
    /// <returns>False where the provider has no name for it (SQLite), and asks only whether EF expects a number.</returns>
    private static bool Identity(PropertyBuilder<long> property)
    {
        var named = false;
        property.ValueGeneratedOnAdd();
        foreach (var strategy in property.Metadata.DeclaringType.Model.GetAnnotations().Where(annotation => annotation.Name.EndsWith(":ValueGenerationStrategy", StringComparison.Ordinal)).ToList())
        {
            var type = strategy.Value?.GetType();
            if (type is { IsEnum: true } && IdentityNames.FirstOrDefault(name => Enum.IsDefined(type, name)) is { } identity)
            {
                property.HasAnnotation(strategy.Name, Enum.Parse(type, identity));
                named = true;
            }
        }

        return named;
    }

    private static void Trace(PropertyBuilder<string?> traceParent, PropertyBuilder<string?> traceState)
    {
        traceParent.HasColumnName("traceparent").HasMaxLength(55);
        traceState.HasColumnName("tracestate").HasMaxLength(512);
    }
}
