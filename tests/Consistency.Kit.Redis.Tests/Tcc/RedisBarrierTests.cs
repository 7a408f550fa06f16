using System.Text.Json.Serialization;
using Consistency.Kit.Redis.Tcc;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Tcc;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Tcc;

/// <summary>Amounts behind a barrier in Redis.</summary>
public sealed class RedisBarrierTests(RedisFixture redis) : IAsyncLifetime
{
    private readonly string _tag = Guid.NewGuid().ToString("N");
    private IDatabase? _database;
    private ServiceProvider? _services;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IDatabase Database => _database!;

    public async ValueTask InitializeAsync()
    {
        RedisServer.Require();
        _database = await RedisFixture.DatabaseAsync(redis.Endpoint);
        _services = new ServiceCollection().AddConsistencyKit(kit => kit.UseRedis(redis.Endpoint, options => options.KeyPrefix = $"{_tag}:")).BuildServiceProvider();
    }

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? default;

    [Fact]
    public async Task A_repeat_of_the_try_that_took_the_last_one_is_told_its_success()
    {
        await Database.StringSetAsync(Key("stock"), 1);
        Assert.IsType<BranchOutcome<bool>.Done>(await TakeAsync("t"));
        Assert.IsType<BranchOutcome<bool>.Repeated>(await TakeAsync("t"));
        var refused = Assert.IsType<BranchOutcome<bool>.Refused>(await TakeAsync("u"));
        Assert.Contains(Key("stock"), refused.Refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(0, (int)await Database.StringGetAsync(Key("stock")));
    }

    [Fact]
    public async Task A_refusal_leaves_no_key_changed_and_no_row()
    {
        await Database.StringSetAsync(Key("a"), 5);
        Assert.IsType<BranchOutcome<bool>.Refused>(await RunAsync("t", BranchOperation.Try, effects =>
        {
            effects.Adjust(Key("a"), -1);
            effects.Adjust(Key("b"), -1);
        }));
        Assert.Equal(5, (int)await Database.StringGetAsync(Key("a")));
        Assert.False(await Database.KeyExistsAsync(RowOf("t")));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("1.5")]
    [InlineData("0x10")]
    [InlineData("007")]
    [InlineData("9007199254740992")]
    [InlineData("99999999999999999999")]
    public async Task A_key_that_holds_no_number_fails_the_call_before_anything_is_written(string value)
    {
        await Database.StringSetAsync(Key("a"), 5);
        await Database.StringSetAsync(Key("b"), value);
        await Assert.ThrowsAsync<RedisServerException>(() => RunAsync("t", BranchOperation.Try, effects =>
        {
            effects.Adjust(Key("a"), -1);
            effects.Adjust(Key("b"), 1);
        }));
        Assert.Equal(5, (int)await Database.StringGetAsync(Key("a")));
        Assert.False(await Database.KeyExistsAsync(RowOf("t")));
    }

    [Fact]
    public async Task What_was_only_tried_is_kept_and_what_is_over_expires_after_the_retention()
    {
        await Database.StringSetAsync(Key("stock"), 9);
        await TakeAsync("t");
        Assert.Null(await Database.KeyTimeToLiveAsync(RowOf("t")));
        await RunAsync("t", BranchOperation.Confirm, effects => effects.Adjust(Key("stock"), 0));
        Assert.InRange((await Database.KeyTimeToLiveAsync(RowOf("t")))!.Value, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));
        await RunAsync("u", BranchOperation.Cancel, effects => effects.Adjust(Key("stock"), 1));
        Assert.InRange((await Database.KeyTimeToLiveAsync(RowOf("u")))!.Value, TimeSpan.FromDays(29.9), TimeSpan.FromDays(30));
        Assert.Equal(8, (int)await Database.StringGetAsync(Key("stock")));
    }

    [Fact]
    public async Task A_cancel_that_would_fall_below_a_floor_fails_and_may_be_made_again()
    {
        await Database.StringSetAsync(Key("stock"), 1);
        await TakeAsync("t");
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("t", BranchOperation.Cancel, effects => effects.Adjust(Key("frozen"), -1)));
        Assert.IsType<BranchOutcome<bool>.Done>(await RunAsync("t", BranchOperation.Cancel, effects => effects.Adjust(Key("stock"), 1)));
    }

    [Fact]
    public async Task Misuse_is_told_at_once()
    {
        var effects = new RedisEffects();
        effects.Adjust("{a}:one", 1);
        Assert.Throws<InvalidOperationException>(() => effects.Adjust("{b}:two", 1));
        Assert.Throws<InvalidOperationException>(() => effects.Adjust("{a}:one", 1));
        Assert.Throws<ArgumentException>(() => effects.Adjust("a}b", 1));
        Assert.Throws<ArgumentException>(() => effects.Adjust("{}a", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => effects.Adjust("{a}:three", long.MaxValue));
        var none = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync("t", BranchOperation.Try, _ => { }));
        Assert.Contains("names no key", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stock_in_Redis_is_a_branch_of_TCCs()
    {
        await Database.StringSetAsync(Key("stock"), 1);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddConsistencyKit(kit => kit
            .UseMemoryWork()
            .UseJson(PiecesJson.Default)
            .UseRedis(redis.Endpoint, options => options.KeyPrefix = $"{_tag}:")
            .AddTcc(tcc => tcc.AddBranch(PiecesBranch.Pieces, branch => branch.Local<RedisEffects, PiecesBranch>())));
        using var host = builder.Build();
        await host.StartAsync(Token);
        var tcc = host.Services.GetRequiredService<ITccCoordinator>();
        Assert.Equal(TccStatus.Confirmed, (await tcc.RunAsync("first", (scope, token) => scope.TryAsync(PiecesBranch.Pieces, new Pieces(Key("stock"), 1), token), Token)).Status);
        Assert.Equal(TccStatus.Cancelled, (await tcc.RunAsync("second", (scope, token) => scope.TryAsync(PiecesBranch.Pieces, new Pieces(Key("stock"), 1), token), Token)).Status);
        Assert.Equal((0, 0), ((int)await Database.StringGetAsync(Key("stock")), (int)await Database.StringGetAsync(Key("stock") + ":frozen")));
        await host.StopAsync(Token);
    }

    private string Key(string name) => $"{{{_tag}}}:{name}";

    private string RowOf(string transaction) => $"{_tag}:barrier:{{{_tag}}} {transaction} b 01";

    private Task<BranchOutcome<bool>> TakeAsync(string transaction) => RunAsync(transaction, BranchOperation.Try, effects => effects.Adjust(Key("stock"), -1));

    private async Task<BranchOutcome<bool>> RunAsync(string transaction, BranchOperation operation, Action<RedisEffects> effect)
    {
        await using var scope = _services!.CreateAsyncScope();
        return await _services!.GetRequiredService<BarrierEngines>().Of(typeof(RedisEffects)).RunAsync(
            scope.ServiceProvider,
            new BranchCall(transaction, "b", operation),
            _ =>
            {
                effect(scope.ServiceProvider.GetRequiredService<RedisEffects>());
                return Task.CompletedTask;
            },
            Token);
    }
}

public sealed record Pieces(string Key, int Count);

[JsonSerializable(typeof(Pieces))]
internal sealed partial class PiecesJson : JsonSerializerContext;

internal sealed class PiecesBranch(RedisEffects effects) : ITccBranch<Pieces, Pieces>
{
    internal static readonly TccBranch<Pieces, Pieces> Pieces = new("pieces");

    public Task<BranchResult<Pieces>> TryAsync(Pieces request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        Move(request, -request.Count, request.Count);
        return Task.FromResult<BranchResult<Pieces>>(request);
    }

    public Task ConfirmAsync(Pieces request, BranchCall branchCall, CancellationToken cancellationToken) => Move(request, 0, -request.Count);

    public Task CancelAsync(Pieces request, BranchCall branchCall, CancellationToken cancellationToken) => Move(request, request.Count, -request.Count);

    private Task Move(Pieces request, int available, int frozen)
    {
        effects.Adjust(request.Key, available);
        effects.Adjust(request.Key + ":frozen", frozen);
        return Task.CompletedTask;
    }
}
