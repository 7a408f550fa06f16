using Consistency.Kit.Tcc;

namespace Consistency.Kit.CrashShop;

internal sealed record Hold(int Number);

/// <summary>Leaves one effect for each operation. The wallet refuses every third transaction.</summary>
internal abstract class EffectBranch(CrashShopDb db, string name) : ITccBranch<Hold, Hold>
{
    public Task<BranchResult<Hold>> TryAsync(Hold request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        Leave(request, "try");
        return Task.FromResult<BranchResult<Hold>>(name == "wallet" && Tccs.Refuses(request.Number) ? new Refusal("no money") : request);
    }

    public Task ConfirmAsync(Hold request, BranchCall branchCall, CancellationToken cancellationToken) => Leave(request, "confirm");

    public Task CancelAsync(Hold request, BranchCall branchCall, CancellationToken cancellationToken) => Leave(request, "cancel");

    private Task Leave(Hold request, string what)
    {
        db.Effects.Add(new Effect { Consumer = $"{name}/{what}", OrderId = request.Number, Worker = Environment.ProcessId });
        return Task.CompletedTask;
    }
}

internal sealed class StockBranch(CrashShopDb db) : EffectBranch(db, "stock");

internal sealed class WalletBranch(CrashShopDb db) : EffectBranch(db, "wallet");
