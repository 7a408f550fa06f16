using Consistency.Kit;
using Consistency.Kit.Redis.Tcc;
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

public sealed record Pieces(string Sale, int Count);

public sealed class PiecesBranch(RedisEffects effects) : ITccBranch<Pieces, Pieces>
{
    public Task<BranchResult<Pieces>> TryAsync(Pieces request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        effects.Adjust($"{{{request.Sale}}}:available", -request.Count);    // refused below 0
        effects.Adjust($"{{{request.Sale}}}:frozen", request.Count);
        return Task.FromResult<BranchResult<Pieces>>(request);
    }

    public Task ConfirmAsync(Pieces request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        effects.Adjust($"{{{request.Sale}}}:frozen", -request.Count);
        return Task.CompletedTask;
    }

    public Task CancelAsync(Pieces request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        effects.Adjust($"{{{request.Sale}}}:available", request.Count);
        effects.Adjust($"{{{request.Sale}}}:frozen", -request.Count);
        return Task.CompletedTask;
    }
}
