using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Money that goes back.</summary>
internal sealed class RefundRow
{
    public string Number { get; set; } = "";

    public string Provider { get; set; } = "";

    public string TransactionId { get; set; } = "";

    public string OrderNumber { get; set; } = "";

    public long Amount { get; set; }

    public long Total { get; set; }

    public string Currency { get; set; } = "";

    public string Reason { get; set; } = "";

    public RefundStatus Status { get; set; }

    public DateTime At { get; set; }

    public DateTime? DoneAt { get; set; }

    /// <summary>The day of the statement that has it.</summary>
    public DateOnly? StatedOn { get; set; }

    internal PaymentRefund Request() => new(Number, OrderNumber, TransactionId, Amount, Total, Currency, Reason);
}
