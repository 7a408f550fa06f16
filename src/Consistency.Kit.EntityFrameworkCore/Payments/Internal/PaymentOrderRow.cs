using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>What one order expects, and where its payment stands.</summary>
internal sealed class PaymentOrderRow
{
    public string Number { get; set; } = "";

    public string Provider { get; set; } = "";

    public string Merchant { get; set; } = "";

    public long Amount { get; set; }

    public string Currency { get; set; } = "";

    public PaymentState State { get; set; }

    /// <summary>Written by whoever decides about the order, so that others wait for it.</summary>
    public int Decisions { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime CloseAt { get; set; }
}
