using Consistency.Kit;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Snippets;

internal static class BarrierPage
{
    internal static async Task<bool> FreezeAsync(ShopDb db, string transactionId, string branchId, string customer, decimal amount, CancellationToken cancellationToken)
    {
        var outcome = await db.Barrier.RunAsync<Reservation>(
            new BranchCall(transactionId, branchId, BranchOperation.Try),
            async token =>
            {
                var wallet = await db.Wallets.SingleAsync(wallet => wallet.Customer == customer, token);
                if (wallet.Available < amount)
                {
                    return new Refusal("Not enough money.");
                }

                wallet.Available -= amount;
                wallet.Frozen += amount;
                return new Reservation(customer, amount);
            },
            cancellationToken);
        return outcome.IsDone;
    }

    internal sealed record Reservation(string Customer, decimal Amount);
}
