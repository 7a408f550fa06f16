using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Sagas;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Sagas;

/// <summary>A saga whose participant is asked, and answers, by message.</summary>
public abstract class MessageStepTests(Engine engine)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_answer_by_message_takes_the_saga_on_and_a_refusal_or_silence_takes_the_request_back()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        await shop.UseAsync(async db =>
        {
            db.StartSaga<HoldSaga, Hold>("done", new Hold(3));
            db.StartSaga<HoldSaga, Hold>("refused", new Hold(30));
            db.StartSaga<HoldSaga, Hold>("silent", new Hold(0));
            await db.SaveChangesAsync();
        });
        Assert.Equal((SagaStatus.Completed, null), await WaitAsync(shop, "done"));
        Assert.Equal((SagaStatus.Undone, "'heed' was refused: sold out"), await WaitAsync(shop, "refused"));
        Assert.Equal(SagaStatus.Undone, (await WaitAsync(shop, "silent")).Status);
        await Eventually.UntilAsync(
            async () => await shop.UseAsync(db => db.Effects.CountAsync(effect => effect.Consumer == "dropped")) == 2,
            Patience,
            "both requests are taken back");
        Assert.Equal(["done"], await shop.UseAsync(db => db.Effects.Where(effect => effect.Consumer == "held").Select(effect => effect.Key).ToListAsync()));
    }

    [Fact]
    public async Task A_saga_is_told_if_and_only_if_what_was_saved_with_the_signal_is_committed()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.SignalSaga("hold", "silent", HoldSaga.Answer, new StockHeld("silent", "rolled back"));
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        });
        await shop.UseAsync(async db =>
        {
            db.StartSaga<HoldSaga, Hold>("silent", new Hold(0));
            db.SignalSaga("hold", "silent", HoldSaga.Answer, new StockHeld("silent", "committed"));
            await db.SaveChangesAsync();
        });
        Assert.Equal((SagaStatus.Undone, "'heed' was refused: committed"), await WaitAsync(shop, "silent"));
    }

    [Fact]
    public async Task A_signal_to_a_saga_that_this_process_does_not_know_is_refused_by_name()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => shop.UseAsync(db =>
        {
            db.SignalSaga("nobody", "1", HoldSaga.Answer, new StockHeld("1", null));
            return Task.CompletedTask;
        }));
        Assert.Contains("No saga 'nobody' is registered", refused.Message, StringComparison.Ordinal);
    }

    private static Task<Shop> StartAsync(Database database) => Shop.StartAsync(
        database,
        kit => kit
            .UseJson(HoldJson.Default)
            .AddHandler<OrderPlaced, RecordOrder>()
            .AddHandler<InvoiceWritten, RecordInvoice>()
            .AddMessage<HoldStock>("hold-stock.v1", "stock")
            .AddMessage<DropStock>("drop-stock.v1", "stock")
            .AddMessage<StockHeld>("stock-held.v1", "answers")
            .AddHandler<HoldStock, HoldUnits>()
            .AddHandler<DropStock, DropUnits>()
            .AddHandler<StockHeld, TellSaga>()
            .AddSaga<HoldSaga, Hold>()
            .ConfigureWork(work => work.PollInterval = TimeSpan.FromMilliseconds(200)),
        services => services.AddSingleton(new Behaviour()));

    private static async Task<(SagaStatus Status, string? Reason)> WaitAsync(Shop shop, string id)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        var saga = Assert.IsType<SagaSnapshot>(await shop.Services.GetRequiredService<ISagas>().WaitAsync("hold", id, patience.Token));
        return (saga.Status, saga.Reason);
    }
}

public sealed class SqliteMessageStepTests() : MessageStepTests(Engine.Sqlite);

public sealed class PostgresMessageStepTests() : MessageStepTests(Engine.Postgres);
