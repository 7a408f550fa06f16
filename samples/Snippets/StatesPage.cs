using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class StatesPage
{
    internal static readonly StateMap<OrderState> OrderStates = StateMap.Define<OrderState>("order", map => map
        .Start(OrderState.AwaitingPayment)
        .Move(OrderState.AwaitingPayment, OrderState.Paid, "callback", "query", "statement")
        .Move(OrderState.AwaitingPayment, OrderState.Closed, "timeout", "customer")
        .Move(OrderState.Paid, OrderState.Shipped, "parcel")
        .Vocabulary("alipay", words => words
            .Is("TRADE_SUCCESS", OrderState.Paid)
            .Is("TRADE_FINISHED", OrderState.Paid)
            .NoNews("WAIT_BUYER_PAY")));

    internal static void Register(IServiceCollection services) => services.AddConsistencyKit(kit => kit
        .UseEntityFrameworkCore<ShopDb>()
        .AddMessage<OrderMoved>("order-moved.v1", topic: "orders")
        .AddStates<Order, OrderState>(OrderStates, order => order.State, states => states
            .Publish(move => new OrderMoved(move.Id, move.To.ToString(), move.Number))));

    internal static async Task MoveAsync(ShopDb db, Guid id, string eventId, CancellationToken cancellationToken)
    {
        var outcome = await db.Orders.TransitionAsync(id, OrderState.Paid, new StateCause("callback", eventId), cancellationToken);
        if (outcome is StateMove<OrderState>.Moved)
        {
            // First news of it: state, history and message are committed.
        }
    }

    internal static async Task HuntAsync(ShopDb db, CancellationToken cancellationToken)
    {
        await foreach (var ghost in db.Orders.FindStateGhostsAsync(OrderStates, cancellationToken))
        {
            Console.WriteLine($"{ghost.Id}: {ghost.Kind}, {ghost.Detail}");
        }
    }

    internal sealed record OrderMoved(string Order, string State, int Number);
}

public enum OrderState
{
    AwaitingPayment,
    Paid,
    Closed,
    Shipped,
}
