using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>Notes when it was called, and inserts a row.</summary>
internal sealed class RecordArrival(KitDb db, Arrivals arrivals) : IMessageHandler<OrderPlaced>
{
    public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
    {
        arrivals.Begun(message.Number);
        db.Effects.Add(new Effect { OrderId = message.OrderId, Key = context.Key, Number = message.Number });
        return Task.CompletedTask;
    }
}
