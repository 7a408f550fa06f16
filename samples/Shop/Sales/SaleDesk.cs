using Consistency.Kit.Stock;
using Shop.Chaos;

namespace Shop.Sales;

/// <summary>What a seller does for a buyer. Each request may come again.</summary>
internal sealed class SaleDesk(IStock stock, ITill till, SaleSettings settings, Tally tally)
{
    /// <returns>Null while nothing is sold: ask again.</returns>
    internal async Task<SaleAnswer?> ReserveAsync(SaleCart cart, CancellationToken cancellationToken) =>
        Answer(await stock.ReserveAsync(cart.ToRequest(settings.Hold), cancellationToken));

    /// <returns>Null while nothing is sold: ask again.</returns>
    internal async Task<SaleAnswer?> PayAsync(SaleCart cart, CancellationToken cancellationToken)
    {
        // Asked again under the same id: it is known whether the cart is still held, and a cart that was forgotten is held anew where it can be.
        var request = cart.ToRequest(settings.Hold);
        var outcome = await stock.ReserveAsync(request, cancellationToken);
        if (!outcome.HasStock)
        {
            if (outcome is not (ReserveOutcome.Insufficient or ReserveOutcome.OverLimit))
            {
                return Answer(outcome);
            }

            tally.Count(Fact.ReservationsLost);
            return SaleAnswer.Lost;
        }

        if (outcome is ReserveOutcome.Reserved)
        {
            tally.Count(Fact.ReservationsMadeAgain);
        }

        var deadline = outcome is ReserveOutcome.Reserved made ? made.Deadline : ((ReserveOutcome.Replayed)outcome).Deadline;
        if (await till.TryBuyAsync(request, (deadline - settings.Hold).UtcDateTime, cancellationToken))
        {
            return SaleAnswer.Bought;
        }

        await stock.ReleaseAsync(request.Order, cancellationToken);
        tally.Count(Fact.OrdersRefused);
        return SaleAnswer.Lost;
    }

    internal async Task<SaleAnswer?> ReleaseAsync(SaleCart cart, CancellationToken cancellationToken) =>
        await stock.ReleaseAsync(cart.ToRequest(settings.Hold).Order, cancellationToken) is StockMove.Unavailable ? null : SaleAnswer.Released;

    private static SaleAnswer? Answer(ReserveOutcome outcome) => outcome switch
    {
        { HasStock: true } => SaleAnswer.Reserved,
        ReserveOutcome.Insufficient => SaleAnswer.SoldOut,
        ReserveOutcome.OverLimit => SaleAnswer.OverLimit,
        ReserveOutcome.SellingStopped => null,
        _ => SaleAnswer.TooLate,
    };
}
