using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>Money that has come.</summary>
internal sealed class PaymentRow
{
    public string Provider { get; set; } = "";

    public string TransactionId { get; set; } = "";

    public string OrderNumber { get; set; } = "";

    public long Amount { get; set; }

    public string Currency { get; set; } = "";

    public PaymentKind Kind { get; set; }

    public DateTime At { get; set; }

    /// <summary>The day of the statement that has it.</summary>
    public DateOnly? StatedOn { get; set; }
}
