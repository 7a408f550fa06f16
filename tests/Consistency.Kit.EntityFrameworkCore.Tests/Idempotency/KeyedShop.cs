using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>A shop whose orders have idempotency keys; no engine runs.</summary>
internal static class KeyedShop
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<Engine> Engines => [.. Enum.GetValues<Engine>()];

    internal static Task<Shop> StartAsync(Database database, Action<IServiceCollection>? services = null, Action<ConsistencyKitBuilder>? kit = null) => Shop.StartAsync(
        database,
        all =>
        {
            all.UseJson(KeyedJson.Default);
            kit?.Invoke(all);
        },
        services,
        start: false);

    internal static IdempotencyKey Key(string value = "k", string operation = "POST /orders", string caller = "ann") => new(value, operation, caller);

    /// <summary>One request: an order, a message about it, and the order's id as the answer.</summary>
    internal static Task<IdempotentResult<Guid>> PlaceAsync(this Shop shop, IdempotencyKey key, string customer = "ann", Func<ShopDb, Task>? also = null) => shop.UseAsync(db => db.PlaceAsync(key, customer, also));

    internal static Task<IdempotentResult<Guid>> PlaceAsync(this ShopDb db, IdempotencyKey key, string customer = "ann", Func<ShopDb, Task>? also = null) => db.Idempotency.ExecuteAsync(
        key,
        Fingerprint.Of(System.Text.Encoding.UTF8.GetBytes(customer)),
        async token =>
        {
            var order = new Order { Customer = customer };
            db.Orders.Add(order);
            db.Outbox.Publish(new OrderPlaced(order.Id, 1), order.Id.ToString());
            await db.SaveChangesAsync(token);
            if (also is not null)
            {
                await also(db);
            }

            return order.Id;
        });

    internal static Task<(int Orders, int Messages, int Keys)> CountAsync(this Shop shop) => shop.UseAsync(async db => (
        await db.Orders.CountAsync(),
        await db.Set<EntityFrameworkCore.Messaging.Internal.OutboxRow>().CountAsync(),
        await db.Set<IdempotencyRow>().CountAsync()));

    /// <summary>Lets the retention of all keys be over.</summary>
    internal static Task ExpireAsync(this Shop shop) => shop.UseAsync(db => db.Set<IdempotencyRow>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, DateTime.UnixEpoch)));

    internal static IdempotencyStore Keys(this Shop shop) => shop.Services.GetRequiredService<IdempotencyStore>();
}

[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class KeyedJson : JsonSerializerContext;
