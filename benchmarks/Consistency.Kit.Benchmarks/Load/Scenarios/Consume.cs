using System.Text.Json;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What handling a message once costs, when the handler inserts one row.</summary>
internal sealed class Consume : IScenario
{
    private const int Lanes = 8;
    private const int BatchSize = 100;
    private const int Batches = 10 * Lanes;
    private const int Messages = Batches * BatchSize;
    private const string Consumer = "insert-effect";

    private const string Claim = $"""
        INSERT INTO {HandInboxRow.Table} (consumer, message_id, chain, published_at, sent_at, handled_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """;

    private const string ClaimSeveral = $"""
        INSERT INTO {HandInboxRow.Table} (consumer, message_id, chain, published_at, sent_at, handled_at)
        SELECT $1, m.id, m.chain, m.published, m.sent, $6 FROM unnest($2, $3, $4, $5) AS m (id, chain, published, sent)
        ON CONFLICT DO NOTHING RETURNING message_id
        """;

    public string Name => "consume";

    public string Summary => "a handler that inserts one row, once per message: the kit against a hand-written claim and row, one by one and in batches of 100";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kit", cancellationToken);
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        using var hand = await Shops.ByHandAsync(handDatabase);
        if (context.Runs("single"))
        {
            using var kit = await Shops.WithKitAsync(kitDatabase, kit => Configure(kit, 1));
            await kit.StartAsync(cancellationToken);
            var consumer = kit.Services.GetRequiredService<InboxConsumer>();
            await CompareAsync(
                context,
                "",
                new Side("kit", () => RunAsync(context, kitDatabase, "consistency_inbox", 1, batch => consumer.DeliverAsync(batch, cancellationToken).AsTask())),
                new Side("by hand", () => RunAsync(context, handDatabase, HandInboxRow.Table, 1, batch => HandleAsync(hand, batch[0]))),
                cancellationToken);
            await kit.StopAsync(cancellationToken);
        }

        if (context.Runs("batch"))
        {
            using var kit = await Shops.WithKitAsync(kitDatabase, kit => Configure(kit, BatchSize));
            await kit.StartAsync(cancellationToken);
            var consumer = kit.Services.GetRequiredService<InboxConsumer>();
            await CompareAsync(
                context,
                "batch_",
                new Side("kit", () => RunAsync(context, kitDatabase, "consistency_inbox", BatchSize, batch => consumer.DeliverAsync(batch, cancellationToken).AsTask())),
                new Side("by hand", () => RunAsync(context, handDatabase, HandInboxRow.Table, BatchSize, batch => HandleSeveralAsync(hand, batch))),
                cancellationToken);
            await kit.StopAsync(cancellationToken);
        }
    }

    private static void Configure(ConsistencyKitBuilder kit, int batchSize) => kit
        .ConfigureOutbox(outbox => outbox.Relay = false)
        .AddHandler<OrderPlaced, InsertEffect>(handler => handler.InBatches(batchSize));

    private static async Task CompareAsync(LoadContext context, string part, Side kit, Side hand, CancellationToken cancellationToken)
    {
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [kit, hand], cancellationToken);
        alternation.PrintRatio($"consume_{part}ratio", kit, hand);
        alternation.PrintRate($"handled_{part}per_s", kit);
        alternation.PrintRate($"hand_handled_{part}per_s", hand);
        alternation.PrintCpu($"consume_{part}kit", kit);
        alternation.PrintCpu($"consume_{part}hand", hand);
    }

    /// <summary>Hands new messages to the side, in calls of the given size, from several lanes as from several partitions.</summary>
    private static async Task<Sample> RunAsync(LoadContext context, Database database, string inbox, int size, Func<TransportMessage[], Task> handle)
    {
        await database.ExecuteAsync($"TRUNCATE {inbox}, effects");
        var calls = Enumerable.Range(0, Messages).Select(Message).Chunk(size).ToArray();
        var sample = await context.Meter.MeasureAsync(Lanes, calls.Length, i => handle(calls[i]));
        var handled = await database.ScalarAsync<long>("SELECT count(*) FROM effects");
        return handled == Messages
            ? sample with { Operations = Messages }
            : throw new InvalidOperationException($"{handled} of {Messages} messages had their effect.");
    }

    private static TransportMessage Message(int number)
    {
        var row = HandOutboxRow.New(OrderPlaced.New(Guid.CreateVersion7(), number));
        return new TransportMessage
        {
            Id = row.Id,
            Type = row.Type,
            Topic = row.Topic,
            Key = row.Key,
            Payload = row.Payload,
            TraceParent = row.TraceParent,
            PublishedAt = row.PublishedAt,
        };
    }

    /// <summary>By hand: a scope and a context, BEGIN, the claim, the row, COMMIT. No savepoint: nobody would roll back to it.</summary>
    private static Task HandleAsync(IHost host, TransportMessage message) => Shops.InScopeAsync<HandDb>(host, async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Database.AutoSavepointsEnabled = false;
        await using (var claim = Database.Command((NpgsqlConnection)db.Database.GetDbConnection(), Claim))
        {
            claim.Transaction = (NpgsqlTransaction)transaction.GetDbTransaction();
            Add(claim, Consumer);
            Add(claim, message.Id);
            Add(claim, Chain(message));
            Add(claim, message.PublishedAt.UtcDateTime);
            Add(claim, message.PublishedAt.UtcDateTime);
            Add(claim, DateTime.UtcNow);
            if (await claim.ExecuteNonQueryAsync() == 0)
            {
                return;
            }
        }

        AddEffect(db, message);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    });

    /// <summary>
    /// By hand, the fair equivalent of a batch: one transaction and one claim of many rows for a hundred messages, and for each message
    /// still a scope and a context of its own on that connection, because handlers must not see each other's tracked entities.
    /// </summary>
    private static Task HandleSeveralAsync(IHost host, TransportMessage[] messages) => Shops.InScopeAsync<HandDb>(host, async outer =>
    {
        await using var transaction = await outer.Database.BeginTransactionAsync();
        var connection = (NpgsqlConnection)outer.Database.GetDbConnection();
        var claimed = await ClaimAsync(connection, (NpgsqlTransaction)transaction.GetDbTransaction(), messages);
        foreach (var message in messages.Where(message => claimed.Contains(message.Id)))
        {
            await Shops.InScopeAsync<HandDb>(host, async db =>
            {
                db.Database.SetDbConnection(connection);
                await db.Database.UseTransactionAsync(transaction.GetDbTransaction());
                db.Database.AutoSavepointsEnabled = false;
                AddEffect(db, message);
                await db.SaveChangesAsync();
            });
        }

        await transaction.CommitAsync();
    });

    private static async Task<HashSet<Guid>> ClaimAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, TransportMessage[] messages)
    {
        await using var claim = Database.Command(connection, ClaimSeveral);
        claim.Transaction = transaction;
        Add(claim, Consumer);
        Add(claim, messages.Select(message => message.Id).ToArray());
        Add(claim, messages.Select(Chain).ToArray());
        Add(claim, messages.Select(message => message.PublishedAt.UtcDateTime).ToArray());
        Add(claim, messages.Select(message => message.PublishedAt.UtcDateTime).ToArray());
        Add(claim, DateTime.UtcNow);
        var claimed = new HashSet<Guid>(messages.Length);
        await using var reader = await claim.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            claimed.Add(reader.GetGuid(0));
        }

        return claimed;
    }

    private static void AddEffect(HandDb db, TransportMessage message)
    {
        var placed = JsonSerializer.Deserialize(message.Payload.Span, ShopJson.Default.OrderPlaced)!;
        db.Effects.Add(new Effect { OrderId = placed.OrderId, Key = message.Key, Number = placed.Number });
    }

    private static string Chain(TransportMessage message) => message.TraceParent![3..35];

    private static void Add<T>(NpgsqlCommand command, T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private sealed class InsertEffect(KitDb db) : IMessageHandler<OrderPlaced>
    {
        public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { OrderId = message.OrderId, Key = context.Key, Number = message.Number });
            return Task.CompletedTask;
        }
    }
}
