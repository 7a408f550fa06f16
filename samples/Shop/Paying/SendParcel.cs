using Consistency.Kit.Messaging;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Shop.Paying;

/// <summary>Ships what is paid.</summary>
internal sealed class SendParcel(PayDb db) : IMessageHandler<OrderIsPaid>
{
    public async Task HandleAsync(OrderIsPaid message, MessageContext context, CancellationToken cancellationToken)
    {
        db.Parcels.Add(new Parcel { Order = message.Order });
        await db.Orders.TransitionAsync(message.Order, PayOrderState.Shipped, new StateCause("parcel"), cancellationToken);
    }
}
