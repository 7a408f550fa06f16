using Consistency.Kit.Payments;
using Consistency.Kit.States;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Who may decide about an order's payment.</summary>
internal static class PaymentMap
{
    internal static readonly StateMap<PaymentState> Map = StateMap.Define<PaymentState>("consistency-payment", map => map
        .Start(PaymentState.Awaiting)
        .Move(PaymentState.Awaiting, PaymentState.Paid, "callback", "query", "statement", "operator")
        .Move(PaymentState.Awaiting, PaymentState.Closing, "timeout", "operator")
        .Move(PaymentState.Closing, PaymentState.Paid, "callback", "query", "statement", "operator")
        .Move(PaymentState.Closing, PaymentState.Closed, "query"));
}
