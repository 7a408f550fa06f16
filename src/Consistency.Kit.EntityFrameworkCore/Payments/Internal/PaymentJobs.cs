using System.Text.Json.Serialization;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Asks for the payment of an order until it is decided.</summary>
internal sealed record PollPayment(string Order);

/// <summary>Makes a refund.</summary>
internal sealed record MakeRefund(string Number);

/// <summary>Compares yesterday's statement with the ledger.</summary>
internal sealed record ReconcilePayments(string Provider);

[JsonSerializable(typeof(PollPayment))]
[JsonSerializable(typeof(MakeRefund))]
[JsonSerializable(typeof(ReconcilePayments))]
internal sealed partial class PaymentJson : JsonSerializerContext;
