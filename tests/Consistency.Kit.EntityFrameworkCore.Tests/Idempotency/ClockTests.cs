using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>A machine whose clock is set while the application runs; on SQLite that clock is the database's own.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(2);

    public static TheoryData<Engine, int> Jumps => new MatrixTheoryData<Engine, int>([Engine.Postgres, Engine.PortablePostgres], [-1, 1]);

    [Theory]
    [MemberData(nameof(Jumps))]
    public async Task A_clock_that_jumps_neither_ends_an_attempt_nor_forgets_an_answer(Engine engine, int direction)
    {
        var clock = new WallClock();
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database, services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)));
        await shop.Store.Schema.CheckAsync(default);
        var claims = shop.Keys().Claims;
        var before = await BeginAsync(claims, "before");
        await shop.PlaceAsync(KeyedShop.Key("order before"));

        clock.Set(direction * Days);
        Assert.IsType<IdempotencyClaim.InProgress>(await claims.TryBeginAsync(Request("before"), default));
        Assert.True(await claims.CompleteAsync(before, "answer"u8.ToArray(), default));
        Assert.True(await claims.CompleteAsync(await BeginAsync(claims, "while"), "answer"u8.ToArray(), default));
        Assert.IsType<IdempotentResult<Guid>.Replayed>(await shop.PlaceAsync(KeyedShop.Key("order before")));
        await shop.PlaceAsync(KeyedShop.Key("order while"));
        Assert.Equal(0, await shop.Keys().Expiry!.CollectAsync(10, default));

        clock.Set(TimeSpan.Zero);
        Assert.IsType<IdempotencyClaim.Replayed>(await claims.TryBeginAsync(Request("before"), default));
        Assert.IsType<IdempotencyClaim.Replayed>(await claims.TryBeginAsync(Request("while"), default));
        Assert.IsType<IdempotentResult<Guid>.Replayed>(await shop.PlaceAsync(KeyedShop.Key("order while")));
        Assert.Equal(0, await shop.Keys().Expiry!.CollectAsync(10, default));
    }

    private static IdempotencyRequest Request(string key) =>
        new() { Key = KeyedShop.Key(key, "claims"), Fingerprint = Fingerprint.None, Lease = TimeSpan.FromMinutes(5), Retention = TimeSpan.FromHours(24) };

    private static async Task<AttemptLease> BeginAsync(IIdempotencyClaims claims, string key) =>
        Assert.IsType<IdempotencyClaim.Started>(await claims.TryBeginAsync(Request(key), default)).Lease;

    /// <summary>Time passes as ever; only what the clock says is changed.</summary>
    private sealed class WallClock : TimeProvider
    {
        private TimeSpan _wrong;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _wrong;

        internal void Set(TimeSpan wrong) => _wrong = wrong;
    }
}
