namespace Consistency.Kit.Payments;

/// <summary>What a comparison of a statement with the ledger found.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Day">The day of the statement.</param>
/// <param name="Lines">How many lines were compared.</param>
/// <param name="Drifts">What differs.</param>
/// <param name="Unsteady">The numbers of what differs and could not be asked about; left for the next comparison.</param>
public sealed record PaymentReport(string Provider, DateOnly Day, int Lines, IReadOnlyList<PaymentDrift> Drifts, IReadOnlyList<string> Unsteady);
