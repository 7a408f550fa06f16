using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>What a statement says otherwise, before anybody was asked about it.</summary>
internal sealed record PaymentDifference(PaymentDriftKind Kind, string Order, string Number, PaymentStatementLine? Line, string Detail)
{
    internal PaymentDrift Drift(string said = "", bool isRepaired = false) => new(Kind, Order, Number, Line, $"{Detail} {said}".Trim(), isRepaired);
}
