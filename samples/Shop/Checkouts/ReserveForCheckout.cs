using Consistency.Kit.Scheduling;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Shop.Coupons;
using Shop.Customers;
using Shop.Orders;
using Shop.Payments;
using Shop.Stocks;
using Shop.Wallets;

namespace Shop.Checkouts;

/// <summary>Runs the order's TCC. A job that is run again is told what became of the first run: the transaction has the order's id.</summary>
internal sealed class ReserveForCheckout(ShopDb db, ITccCoordinator tcc) : IJobHandler<Checkout>
{
    public async Task<JobOutcome> RunAsync(Checkout job, JobContext context, CancellationToken cancellationToken)
    {
        var customer = OrderBook.CustomerOf(job.Reference);
        var outcome = await tcc.RunAsync(
            job.Order.ToString(),
            async (scope, token) =>
            {
                await scope.TryAsync(StockBranch.Stock, new ReserveStock(job.Order, job.Product, job.Quantity), token);
                await scope.TryAsync(WalletBranch.Wallet, new FreezeMoney(customer, job.Amount), token);
                if (OrderBook.UsesCoupon(job.Reference))
                {
                    await scope.TryAsync(CouponBranch.Coupon, new HoldCoupon(customer, job.Order), token);
                }
            },
            cancellationToken);
        if (outcome.Status is not (TccStatus.Confirmed or TccStatus.Cancelled))
        {
            return JobOutcome.Unknown($"The transaction is {outcome.Status}.");
        }

        // Saved with the job's outcome: once.
        var order = await db.Orders.SingleAsync(row => row.Id == job.Order, cancellationToken);
        order.State = outcome.IsConfirmed ? OrderState.Billed : OrderState.Rejected;
        if (outcome.IsConfirmed)
        {
            await db.BillOrderAsync(job.Order, job.Amount, OrderBook.TimeToPay(job.Reference), cancellationToken);
        }

        return JobOutcome.Done;
    }
}
