using Consistency.Kit.EntityFrameworkCore.Tests.Sagas;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.EntityFrameworkCore.Tests.Tcc;
using Consistency.Kit.Sagas;
using Consistency.Kit.Scheduling;
using Consistency.Kit.Tcc;
using Consistency.Kit.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Scheduling;

/// <summary>More jobs than may run at once wait for other durable work of the same process. What they wait for must not wait for them.</summary>
public abstract class WaitingJobTests(Engine engine)
{
    private const int Jobs = 5;
    private static readonly TccBranch<Take, Take> Far = new("far");

    [Fact]
    public async Task Jobs_may_wait_for_their_sagas()
    {
        await using var database = await Database.CreateAsync(engine);
        var behaviour = new JobBehaviour();
        await using var shop = await StartAsync(database, behaviour);
        var sagas = shop.Services.GetRequiredService<ISagas>();
        behaviour.OnRun = async (job, _, _, token) =>
        {
            await sagas.StartAsync<TripSaga, Trip>($"{job.Number}", new Trip(job.Number), token);
            return await sagas.WaitAsync("trip", $"{job.Number}", token) is { Status: SagaStatus.Completed } ? JobOutcome.Done : JobOutcome.Refused("undone");
        };
        await AllAreDoneAsync(shop);
    }

    [Fact]
    public async Task Jobs_may_wait_for_transactions_whose_callers_are_gone()
    {
        await using var database = await Database.CreateAsync(engine);
        var behaviour = new JobBehaviour();
        await using var shop = await StartAsync(database, behaviour);
        behaviour.OnRun = async (job, _, _, token) => await TakeAsync(shop, job, token) is { Status: TccStatus.Cancelled } ? JobOutcome.Done : JobOutcome.Refused("not cancelled");
        foreach (var number in Enumerable.Range(0, Jobs))
        {
            await shop.Work().AddAsync(new NewWork { Scope = "tcc", Type = "tcc", Key = $"{number}", Input = default, Owner = "gone", OwnedFor = TimeSpan.FromSeconds(2) }, default);
        }

        await AllAreDoneAsync(shop);
    }

    [Fact]
    public async Task Jobs_may_wait_for_replies_to_their_transactions()
    {
        await using var database = await Database.CreateAsync(engine);
        var behaviour = new JobBehaviour();
        await using var shop = await StartAsync(database, behaviour);
        behaviour.OnRun = async (job, _, _, token) => await TakeAsync(shop, job, token) is { Status: TccStatus.Confirmed } ? JobOutcome.Done : JobOutcome.Refused("not confirmed");
        await AllAreDoneAsync(shop);
    }

    private static async Task AllAreDoneAsync(Shop shop)
    {
        var jobs = await Task.WhenAll(Enumerable.Range(0, Jobs).Select(number => shop.ScheduleAsync(number)));
        foreach (var job in jobs)
        {
            await shop.UntilAsync(job.Id, WorkStatus.Done);
        }
    }

    private static Task<TccOutcome> TakeAsync(Shop shop, QueryPayment job, CancellationToken cancellationToken) => shop.Services.GetRequiredService<ITccCoordinator>().RunAsync(
        $"{job.Number}",
        (scope, token) => scope.TryAsync(Far, new Take("far"), token),
        cancellationToken);

    private static async Task<Shop> StartAsync(Database database, JobBehaviour behaviour)
    {
        var shop = await JobShop.StartAsync(
            database,
            behaviour,
            configure: kit =>
            {
                kit.Services.AddSingleton(new Airline());
                kit.UseJson(TripJson.Default)
                    .UseJson(TakeJson.Default)
                    .AddSaga<TripSaga, Trip>()
                    .AddTcc(tcc => tcc.RepliesTo("replies").AddBranch(Far, branch => branch.Message("calls")))
                    .AddTccBranches("calls", branches => branches.Add<ShopDb, PotBranch, Take, Take>(Far));
            },
            work: options => options.MaxConcurrency = 1);
        await shop.UseAsync(db =>
        {
            db.Orders.Add(new Order { Customer = "far", Version = Jobs });
            return db.SaveChangesAsync();
        });
        return shop;
    }
}

public sealed class SqliteWaitingJobTests() : WaitingJobTests(Engine.Sqlite);

public sealed class PostgresWaitingJobTests() : WaitingJobTests(Engine.Postgres);
