using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>The rows of sales.</summary>
internal static class SaleRows
{
    internal static async ValueTask OpenAsync(EfStore shared, string sale, CancellationToken cancellationToken)
    {
        for (var first = true; ; first = false)
        {
            try
            {
                await shared.Contexts.WriteAsync(
                    async (context, token) =>
                    {
                        context.ChangeTracker.Clear();
                        var row = await context.Set<StockSaleRow>().FirstOrDefaultAsync(row => row.Sale == sale, token).ConfigureAwait(false);
                        if (row is null)
                        {
                            context.Add(row = new StockSaleRow { Sale = sale });
                        }

                        row.IsOpen = true;
                        return await context.SaveChangesAsync(token).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (DbUpdateException) when (first)
            {
                // Somebody else has opened it at this moment.
            }
        }
    }

    internal static ValueTask<int> CloseAsync(EfStore shared, string sale, CancellationToken cancellationToken) => shared.Contexts.WriteAsync(
        (context, token) => context.Set<StockSaleRow>().Where(row => row.Sale == sale).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsOpen, false), token),
        cancellationToken);
}
