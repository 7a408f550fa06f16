using Consistency.Kit;
using Consistency.Kit.Tcc;

namespace Shop.Stocks;

/// <summary>Takes off the shelf, and notes it for the order or puts it back.</summary>
internal sealed class StockBranch(ShopDb db, IShelf shelf) : ITccBranch<ReserveStock, bool>
{
    internal static readonly TccBranch<ReserveStock, bool> Stock = new("stock");

    public async Task<BranchResult<bool>> TryAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken) =>
        await shelf.TryTakeAsync(db, request.Order, request.Product, request.Quantity, cancellationToken) ? true : new Refusal("out of stock");

    public Task ConfirmAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        db.TakenStock.Add(new TakenStock { Order = request.Order, Product = request.Product, Quantity = request.Quantity });
        return Task.CompletedTask;
    }

    public Task CancelAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken) =>
        shelf.PutBackAsync(db, request.Order, request.Product, request.Quantity, cancellationToken);
}
