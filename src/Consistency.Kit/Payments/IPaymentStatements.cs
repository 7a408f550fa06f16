namespace Consistency.Kit.Payments;

/// <summary>Fetches a provider's statements. Safe for concurrent use.</summary>
public interface IPaymentStatements
{
    /// <summary>Reads the statement of a day as it comes, in the provider's order.</summary>
    /// <param name="day">The day, in the provider's time zone.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>All lines; none when the provider says that there is nothing to state.</returns>
    /// <exception cref="InvalidDataException">
    /// It cannot be read, or it is not whole: its totals or its hash do not fit. Thrown at the end of the lines at the latest, so act on none before.
    /// </exception>
    /// <remarks>What is not there yet is thrown, and asked for again.</remarks>
    IAsyncEnumerable<PaymentStatementLine> ReadAsync(DateOnly day, CancellationToken cancellationToken);
}
