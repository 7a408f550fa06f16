using System.Diagnostics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.Tcc;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Tcc;

/// <summary>Transactions with a branch that is asked by message and replies by message.</summary>
public abstract class MessageBranchTests(Engine engine)
{
    private const int Stock = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TccBranch<Take, Take> Far = new("far");
    private static readonly TccBranch<Take, Take> Farther = new("farther");
    private static readonly TccBranch<Take, Take> Fickle = new("fickle");
    private static readonly TccBranch<Take, Take> Near = new("near");

    [Fact]
    public async Task Many_customers_at_once_take_from_all_pots_or_from_none()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, new ForgetfulTransport.Losses { Repeats = true });
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => RunAsync(shop, $"{number}"))));
        Assert.All(outcomes, outcome => Assert.True(outcome.Status is TccStatus.Confirmed or TccStatus.Cancelled, $"{outcome}"));
        var confirmed = outcomes.Where(outcome => outcome.IsConfirmed).Select(outcome => outcome.Id).Order().ToList();
        Assert.InRange(confirmed.Count, 1, Stock / 2);
        foreach (var pot in (string[])["far", "farther", "near"])
        {
            Assert.Equal(confirmed, await TakenAsync(shop, pot));
            Assert.Equal((pot == "near" ? Stock / 2 : Stock) - confirmed.Count, await LeftAsync(shop, pot));
        }
    }

    [Fact]
    public async Task A_refusal_comes_back_as_one_and_leaves_nothing()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        var refused = default(TryOutcome<Take>.Refused);
        var outcome = await shop.Tcc().RunAsync(
            "t",
            async (scope, token) =>
            {
                await scope.TryAsync(Farther, new Take("farther"), token);
                refused = await scope.TryAsync(Fickle, new Take("far"), token) as TryOutcome<Take>.Refused;
            },
            default);
        Assert.Equal("on second thoughts", refused?.Refusal.Reason);
        Assert.Equal((TccStatus.Cancelled, "Branch 02 'fickle' was refused: on second thoughts"), (outcome.Status, outcome.Reason));
        Assert.Equal((Stock, Stock), (await LeftAsync(shop, "far"), await LeftAsync(shop, "farther")));
        Assert.Empty(await TakenAsync(shop, "fickle"));
        Assert.Empty(await shop.Store.Parked.ListAsync(10, default));
    }

    [Theory]
    [InlineData("calls")]
    [InlineData("replies")]
    public async Task A_try_without_a_reply_cancels(string lost)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, new ForgetfulTransport.Losses().Lose(lost, "try"), options => options.Timeout = TimeSpan.FromSeconds(1));
        var outcome = await shop.Tcc().RunAsync("t", (scope, token) => scope.TryAsync(Far, new Take("far"), token), default);
        Assert.Equal(TccStatus.Cancelled, outcome.Status);
        Assert.Equal(Stock, await LeftAsync(shop, "far"));
    }

    [Theory]
    [InlineData("calls")]
    [InlineData("replies")]
    public async Task A_confirm_without_a_reply_is_asked_for_again_and_takes_effect_once(string lost)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, new ForgetfulTransport.Losses().Lose(lost, "confirm", 2), options => options.AskAgainAfter = TimeSpan.FromMilliseconds(200));
        Assert.Equal(TccStatus.Confirmed, (await RunAsync(shop, "t")).Status);
        foreach (var pot in (string[])["far", "farther", "near"])
        {
            Assert.Equal(["t"], await TakenAsync(shop, pot));
        }
    }

    [Fact]
    public async Task One_trace_runs_through_the_caller_both_sides_and_the_end()
    {
        var names = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KitDiagnostics.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = started => _ = started.TraceId != caller.TraceId || names.TryAdd(started.OperationName, true),
        };
        ActivitySource.AddActivityListener(listener);
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        Assert.Equal(TccStatus.Confirmed, (await RunAsync(shop, "t")).Status);
        Assert.Superset(
            new HashSet<string>(["tcc", "try far", "try near", "process calls", "process replies", "run tcc-reply", "confirm near", "run tcc"]),
            names.Keys.ToHashSet());
    }

    [Fact]
    public async Task What_is_no_call_of_a_known_branch_is_parked_and_holds_nothing_back()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        await PublishRawAsync(shop, """{"gid":"t","branch_id":"01","op":"try","branch":"unheard of","reply_to":"replies","request":{"Pot":"far"}}""");
        await PublishRawAsync(shop, """{"gid":"t","branch_id":"01","op":"take","branch":"far","reply_to":"replies","request":{"Pot":"far"}}""");
        await PublishRawAsync(shop, """{"gid":"t","branch_id":"01","op":"try","branch":"far","reply_to":" ","request":{"Pot":"far"}}""");
        await PublishRawAsync(shop, """{"gid":"t","branch_id":"01","op":"confirm","branch":"far","reply_to":"replies","request":{"Pot":"far"}}""");
        await PublishRawAsync(shop, """{"gid":"t","branch_id":"01","op":"try","branch":"far","reply_to":"replies","request":[]}""");
        Assert.Equal(TccStatus.Confirmed, (await RunAsync(shop, "t")).Status);
        await Eventually.UntilAsync(async () => await shop.Store.Parked.ListAsync(10, default) is { Count: 5 }, Patience, "what is wrong is parked");
        var errors = (await shop.Store.Parked.ListAsync(10, default)).Select(parked => parked.Error).ToList();
        Assert.Contains(errors, error => error.Contains("a branch that this application does not have", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("one of try, confirm, cancel", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.Contains("reply_to", StringComparison.Ordinal));
        Assert.Equal(Stock - 1, await LeftAsync(shop, "far"));
    }

    [Fact]
    public async Task What_is_missing_keeps_the_host_from_starting()
    {
        await using var database = await Database.CreateAsync(engine);
        var mute = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => Shop.StartAsync(
            database,
            kit => WithHandlers(kit).UseJson(TakeJson.Default).AddTcc(tcc => tcc.AddBranch(Far, branch => branch.Message("calls"))),
            services => services.AddSingleton(new Behaviour())));
        Assert.Contains("tcc.RepliesTo(topic)", mute.Message, StringComparison.Ordinal);
        var elsewhere = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => Shop.StartAsync(
            database,
            kit => WithHandlers(kit).AddTcc(tcc => tcc.RepliesTo("replies")).AddTccBranches("calls", branches => branches.Add<ShopDb, PotBranch, Take, Take>(Far)),
            services => services.AddSingleton(new Behaviour())));
        Assert.Contains("Take cannot be stored", elsewhere.Message, StringComparison.Ordinal);
    }

    private static async Task<TccOutcome> RunAsync(Shop shop, string id)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        return await shop.Tcc().RunAsync(
            id,
            async (scope, token) =>
            {
                await Task.WhenAll(scope.TryAsync(Far, new Take("far"), token), scope.TryAsync(Farther, new Take("farther"), token));
                await scope.TryAsync(Near, new Take("near"), token);
            },
            deadline.Token);
    }

    private static async Task<List<string>> TakenAsync(Shop shop, string pot) =>
        [.. (await shop.UseAsync(db => db.Effects.Where(effect => effect.Consumer == pot).Select(effect => effect.Key).ToListAsync())).Order()];

    private static Task<int> LeftAsync(Shop shop, string pot) => shop.UseAsync(db => db.Orders.Where(order => order.Customer == pot).Select(order => order.Version).SingleAsync());

    /// <summary>As a foreign coordinator would.</summary>
    private static async Task PublishRawAsync(Shop shop, string body)
    {
        var message = new TransportMessage { Id = Guid.NewGuid(), Type = "consistency.branch-command.v1", Topic = "calls", Key = "t", Payload = System.Text.Encoding.UTF8.GetBytes(body) };
        await shop.Services.GetRequiredService<ITransport>().SendAsync([message], (_, _) => { }, default);
    }

    private static async Task<Shop> StartAsync(Database database, ForgetfulTransport.Losses? losses = null, Action<TccOptions>? configure = null)
    {
        var shop = await Shop.StartAsync(
            database,
            kit => WithHandlers(kit)
                .UseJson(TakeJson.Default)
                .ConfigureOutbox(outbox => outbox.PollInterval = TimeSpan.FromMilliseconds(100))
                .ConfigureWork(work => work.PollInterval = TimeSpan.FromMilliseconds(100))
                .AddTcc(tcc => tcc
                    .RepliesTo("replies")
                    .AddBranch(Far, branch => branch.Message("calls"))
                    .AddBranch(Farther, branch => branch.Message("calls"))
                    .AddBranch(Fickle, branch => branch.Message("calls"))
                    .AddBranch(Near, branch => branch.Local<ShopDb, PotBranch>())
                    .Configure(options =>
                    {
                        options.Timeout = Patience;
                        configure?.Invoke(options);
                    }))
                .AddTccBranches("calls", branches => branches
                    .Add<ShopDb, PotBranch, Take, Take>(Far)
                    .Add<ShopDb, PotBranch, Take, Take>(Farther)
                    .Add<ShopDb, FickleBranch, Take, Take>(Fickle)),
            services => services.AddSingleton(new Behaviour()).AddSingleton(losses ?? new ForgetfulTransport.Losses()).AddSingleton<ITransport, ForgetfulTransport>());
        await shop.UseAsync(db =>
        {
            db.Orders.AddRange(new Order { Customer = "far", Version = Stock }, new Order { Customer = "farther", Version = Stock }, new Order { Customer = "near", Version = Stock / 2 });
            return db.SaveChangesAsync();
        });
        return shop;
    }

    /// <summary>Takes first and refuses then; and tells of a cancel, which must not come to it.</summary>
    private sealed class FickleBranch(ShopDb db) : ITccBranch<Take, Take>
    {
        public async Task<BranchResult<Take>> TryAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken)
        {
            await db.Orders.Where(pot => pot.Customer == request.Pot).ExecuteUpdateAsync(set => set.SetProperty(pot => pot.Version, pot => pot.Version - 1), cancellationToken);
            return new Refusal("on second thoughts");
        }

        public Task ConfirmAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CancelAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { Consumer = "fickle", Key = branchCall.TransactionId });
            return Task.CompletedTask;
        }
    }

    private static ConsistencyKitBuilder WithHandlers(ConsistencyKitBuilder kit) => kit.AddHandler<OrderPlaced, RecordOrder>().AddHandler<InvoiceWritten, RecordInvoice>();
}

file static class TccShop
{
    internal static ITccCoordinator Tcc(this Shop shop) => shop.Services.GetRequiredService<ITccCoordinator>();
}

public sealed class SqliteMessageBranchTests() : MessageBranchTests(Engine.Sqlite);

public sealed class PostgresMessageBranchTests() : MessageBranchTests(Engine.Postgres);
