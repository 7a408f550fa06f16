using Consistency.Kit;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Shop.Wallets;

/// <summary>Freezes money, then spends or gives back what it froze. That each happens once is the barrier's work.</summary>
internal sealed class WalletBranch(ShopDb db) : ITccBranch<FreezeMoney, bool>
{
    internal static readonly TccBranch<FreezeMoney, bool> Wallet = new("wallet");

    public async Task<BranchResult<bool>> TryAsync(FreezeMoney request, BranchCall branchCall, CancellationToken cancellationToken) =>
        await Of(request).Where(wallet => wallet.Available >= request.Amount).ExecuteUpdateAsync(
            set => set
                .SetProperty(wallet => wallet.Available, wallet => wallet.Available - request.Amount)
                .SetProperty(wallet => wallet.Frozen, wallet => wallet.Frozen + request.Amount),
            cancellationToken) > 0
            ? true
            : new Refusal("not enough money");

    public Task ConfirmAsync(FreezeMoney request, BranchCall branchCall, CancellationToken cancellationToken) =>
        Of(request).ExecuteUpdateAsync(
            set => set
                .SetProperty(wallet => wallet.Frozen, wallet => wallet.Frozen - request.Amount)
                .SetProperty(wallet => wallet.Spent, wallet => wallet.Spent + request.Amount),
            cancellationToken);

    public Task CancelAsync(FreezeMoney request, BranchCall branchCall, CancellationToken cancellationToken) =>
        Of(request).ExecuteUpdateAsync(
            set => set
                .SetProperty(wallet => wallet.Frozen, wallet => wallet.Frozen - request.Amount)
                .SetProperty(wallet => wallet.Available, wallet => wallet.Available + request.Amount),
            cancellationToken);

    private IQueryable<Wallet> Of(FreezeMoney request) => db.Wallets.Where(wallet => wallet.Customer == request.Customer);
}
