using System.Text.Json.Serialization;
using Consistency.Kit.Sagas;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

public sealed record Freeze([property: JsonPropertyName("amount")] int Amount);

public sealed record Frozen([property: JsonPropertyName("left")] int Left);

[JsonSerializable(typeof(Freeze))]
[JsonSerializable(typeof(Frozen))]
internal sealed partial class WalletJson : JsonSerializerContext;

/// <summary>Lets a test stand in the middle of an effect.</summary>
internal sealed class Gate
{
    internal Func<CancellationToken, Task> Inside { get; set; } = _ => Task.CompletedTask;
}

/// <summary>One wallet as a branch, of TCCs and of sagas.</summary>
internal sealed class WalletBranch(WalletDb db, Gate gate) : ITccBranch<Freeze, Frozen>, ISagaBranch<Freeze, Frozen>
{
    public async Task<BranchResult<Frozen>> TryAsync(Freeze request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(cancellationToken);
        await gate.Inside(cancellationToken);
        if (wallet.Available < request.Amount)
        {
            return new Refusal("balance not enough");
        }

        wallet.Available -= request.Amount;
        wallet.Frozen += request.Amount;
        return new Frozen(wallet.Available);
    }

    public async Task ConfirmAsync(Freeze request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(cancellationToken);
        wallet.Frozen -= request.Amount;
        wallet.Spent += request.Amount;
    }

    public async Task CancelAsync(Freeze request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(cancellationToken);
        wallet.Frozen -= request.Amount;
        wallet.Available += request.Amount;
    }

    public async Task<BranchResult<Frozen>> ActAsync(Freeze request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(cancellationToken);
        if (wallet.Available < request.Amount)
        {
            return new Refusal("balance not enough");
        }

        wallet.Available -= request.Amount;
        wallet.Spent += request.Amount;
        return new Frozen(wallet.Available);
    }

    public async Task CompensateAsync(Freeze request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(cancellationToken);
        wallet.Available += request.Amount;
        wallet.Spent -= request.Amount;
    }
}
