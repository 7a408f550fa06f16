using Consistency.Kit.States;

namespace Shop.Paying;

internal enum PayOrderState
{
    Placed,
    Paid,
    Closed,
    Shipped,
}

internal static class PayOrderStates
{
    internal static readonly StateMap<PayOrderState> Map = StateMap.Define<PayOrderState>("pay-order", map => map
        .Start(PayOrderState.Placed)
        .Move(PayOrderState.Placed, PayOrderState.Paid, "payment")
        .Move(PayOrderState.Placed, PayOrderState.Closed, "timeout")
        .Move(PayOrderState.Paid, PayOrderState.Shipped, "parcel"));
}
