namespace Consistency.Kit.Payments;

/// <summary>Is told of each daily comparison of a statement with the ledger. Register implementations as services; all of them are called.</summary>
public interface IPaymentReports
{
    /// <summary>A statement was compared.</summary>
    /// <param name="report">What differs; nothing, on a good day.</param>
    /// <param name="cancellationToken">Cancelled when the process stops.</param>
    /// <remarks>At least once for each comparison: what it throws lets the comparison be made again.</remarks>
    ValueTask ReportAsync(PaymentReport report, CancellationToken cancellationToken);
}
