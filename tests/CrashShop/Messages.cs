using System.Text.Json.Serialization;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.CrashShop;

internal sealed record OrderChanged(int OrderId, int Number);

internal sealed record OrderFollowed(int OrderId, int Number);

[JsonSerializable(typeof(OrderChanged))]
[JsonSerializable(typeof(OrderFollowed))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(PlainJob))]
[JsonSerializable(typeof(AtomicJob))]
[JsonSerializable(typeof(LimitedJob))]
[JsonSerializable(typeof(LongJob))]
[JsonSerializable(typeof(EndlessJob))]
internal sealed partial class CrashShopJson : JsonSerializerContext;

/// <summary>Records its effect and publishes a follow-up. Fails the first recorded attempt at some messages, so that they are held.</summary>
internal sealed class Follow(CrashShopDb db, ShopSettings settings) : IMessageHandler<OrderChanged>
{
    public async Task HandleAsync(OrderChanged message, MessageContext context, CancellationToken cancellationToken)
    {
        if (settings.Work > TimeSpan.Zero)
        {
            await Task.Delay(settings.Work, TimeProvider.System, cancellationToken);
        }

        db.Effects.Add(new Effect { Consumer = context.Consumer, OrderId = message.OrderId, Number = message.Number, Worker = Environment.ProcessId });
        db.Outbox.Publish(new OrderFollowed(message.OrderId, message.Number), context.Key);
        if (context.Attempt == 1 && (message.OrderId + message.Number) % 3 == 1)
        {
            throw new InvalidOperationException("The first attempt fails.");
        }
    }
}

internal sealed class Record(CrashShopDb db) : IMessageHandler<OrderFollowed>
{
    public Task HandleAsync(OrderFollowed message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Consumer = context.Consumer, OrderId = message.OrderId, Number = message.Number, Worker = Environment.ProcessId });
        return Task.CompletedTask;
    }
}
