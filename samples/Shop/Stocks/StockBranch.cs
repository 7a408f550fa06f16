using Consistency.Kit;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Shop.Stocks;

/// <summary>Reserves stock, then takes or gives back what it reserved.</summary>
internal sealed class StockBranch(ShopDb db) : ITccBranch<ReserveStock, bool>
{
    internal static readonly TccBranch<ReserveStock, bool> Stock = new("stock");

    public async Task<BranchResult<bool>> TryAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken) =>
        await Of(request).Where(product => product.Available >= request.Quantity).ExecuteUpdateAsync(
            set => set
                .SetProperty(product => product.Available, product => product.Available - request.Quantity)
                .SetProperty(product => product.Reserved, product => product.Reserved + request.Quantity),
            cancellationToken) > 0
            ? true
            : new Refusal("out of stock");

    public Task ConfirmAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        db.TakenStock.Add(new TakenStock { Order = request.Order, Product = request.Product, Quantity = request.Quantity });
        return Of(request).ExecuteUpdateAsync(set => set.SetProperty(product => product.Reserved, product => product.Reserved - request.Quantity), cancellationToken);
    }

    public Task CancelAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken) =>
        Of(request).ExecuteUpdateAsync(
            set => set
                .SetProperty(product => product.Reserved, product => product.Reserved - request.Quantity)
                .SetProperty(product => product.Available, product => product.Available + request.Quantity),
            cancellationToken);

    private IQueryable<Product> Of(ReserveStock request) => db.Products.Where(product => product.Id == request.Product);
}
