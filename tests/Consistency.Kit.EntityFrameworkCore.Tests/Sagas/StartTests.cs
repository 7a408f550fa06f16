using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Sagas;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Sagas;

public abstract class StartTests(Engine engine)
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_saga_runs_if_and_only_if_what_it_was_started_with_is_committed()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        await shop.UseAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.StartSaga<TripSaga, Trip>("rolled-back", new Trip(1));
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        });
        var started = await shop.UseAsync(async db =>
        {
            var saga = db.StartSaga<TripSaga, Trip>("committed", new Trip(2));
            await db.SaveChangesAsync();
            return saga;
        });
        Assert.False(started.IsExisting);
        Assert.Equal(SagaStatus.Completed, (await WaitAsync(shop, "committed")).Status);
        Assert.Null(await shop.Services.GetRequiredService<ISagas>().FindAsync("trip", "rolled-back", default));
        Assert.Equal(["committed"], await shop.UseAsync(db => db.Effects.Select(effect => effect.Key).ToListAsync()));
    }

    [Fact]
    public async Task A_saga_that_is_started_twice_is_one_and_another_input_fails_the_save()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        var first = await TryStartAsync(shop, 1);
        var second = await TryStartAsync(shop, 1);
        Assert.True(second.IsExisting);
        Assert.Equal(first.WorkId, second.WorkId);
        var reused = await Assert.ThrowsAsync<WorkKeyReusedException>(() => TryStartAsync(shop, 2));
        Assert.Equal("twice", reused.Key);
        await WaitAsync(shop, "twice");
        Assert.Equal(1, await shop.UseAsync(db => db.Effects.CountAsync()));
    }

    [Fact]
    public async Task A_saga_that_nobody_registered_is_refused_with_the_call_to_add()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await Shop.StartAsync(database, start: false);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TryStartAsync(shop, 1));
        Assert.Contains("kit.AddSaga<TripSaga, …>()", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_that_the_context_lacks_is_named_at_start_up()
    {
        await using var database = await Database.CreateAsync(engine);
        var failed = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => Shop.StartAsync(database, kit => WithHandlers(kit).AddSaga<TripSaga, Trip>(), services => services.AddSingleton<Airline>().AddSingleton(new Behaviour())));
        Assert.Contains("Saga 'trip': Trip cannot be stored: add [JsonSerializable(typeof(Trip))]", failed.Message, StringComparison.Ordinal);
    }

    private protected static Task<Shop> StartAsync(Database database, Airline? airline = null) => Shop.StartAsync(
        database,
        kit => WithHandlers(kit).UseJson(TripJson.Default).AddSaga<TripSaga, Trip>().ConfigureWork(work => work.PollInterval = TimeSpan.FromMilliseconds(200)),
        services => services.AddSingleton(airline ?? new Airline()).AddSingleton(new Behaviour()));

    private static ConsistencyKitBuilder WithHandlers(ConsistencyKitBuilder kit) => kit.AddHandler<OrderPlaced, RecordOrder>().AddHandler<InvoiceWritten, RecordInvoice>();

    private protected static async Task<SagaSnapshot> WaitAsync(Shop shop, string id)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        return Assert.IsType<SagaSnapshot>(await shop.Services.GetRequiredService<ISagas>().WaitAsync("trip", id, patience.Token));
    }

    private static Task<StartedSaga> TryStartAsync(Shop shop, int number) => shop.UseAsync(async db =>
    {
        var saga = db.StartSaga<TripSaga, Trip>("twice", new Trip(number));
        await db.SaveChangesAsync();
        return saga;
    });
}

public sealed class SqliteStartTests() : StartTests(Engine.Sqlite);

public sealed class PostgresStartTests() : StartTests(Engine.Postgres)
{
    private const int Sagas = 1_000;

    [Fact]
    public async Task A_thousand_sagas_whose_participant_is_away_do_not_storm_it_and_all_end()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        var airline = new Airline { IsDown = true };
        await using var shop = await StartAsync(database, airline);
        foreach (var numbers in Enumerable.Range(0, Sagas).Chunk(100))
        {
            await shop.UseAsync(async db =>
            {
                foreach (var number in numbers)
                {
                    db.StartSaga<TripSaga, Trip>($"{number}", new Trip(number));
                }

                await db.SaveChangesAsync();
            });
        }

        // Away for long enough that every saga has been refused several times.
        await Eventually.UntilAsync(
            async () => await shop.UseAsync(db => db.Database.SqlQueryRaw<long>(
                """SELECT count(*) AS "Value" FROM (SELECT work_id FROM consistency_work_history WHERE event = 'step-failed' GROUP BY work_id HAVING count(*) >= 4) AS tried""").SingleAsync()) == Sagas,
            Patience,
            "every saga was tried four times");
        airline.IsDown = false;
        foreach (var number in Enumerable.Range(0, Sagas))
        {
            Assert.Equal(SagaStatus.Completed, (await WaitAsync(shop, $"{number}")).Status);
        }

        Assert.InRange(airline.Most, 1, TripSaga.Limit);
        Assert.Equal(Sagas, await shop.UseAsync(db => db.Effects.CountAsync()));

        // Back-off can be read: on average each delay is longer than the one before.
        var delays = await shop.UseAsync(db => db.Database.SqlQueryRaw<double>(
            """
            SELECT avg(extract(epoch FROM (convert_from(detail, 'UTF8')::json ->> 'until')::timestamptz - at))::float8 AS "Value"
            FROM consistency_work_history WHERE event = 'step-failed' AND attempt <= 4 GROUP BY attempt ORDER BY attempt
            """).ToListAsync());
        Assert.Equal(delays.Order(), delays);
    }
}
