using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>The sales of a database, asked for now and then: an application that has none is not to ask all the time. Whoever opens one knows it at once.</summary>
internal sealed class KnownSales(EfStore shared)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FreshWhileThereIsNone = TimeSpan.FromMinutes(1);

    private long _asked = shared.Clock.Time.GetTimestamp();
    private volatile bool _changed;
    private volatile IReadOnlyList<StockSale> _sales = [];

    internal void Changed() => _changed = true;

    internal async ValueTask<IReadOnlyList<StockSale>> ListAsync(CancellationToken cancellationToken)
    {
        if (!_changed && shared.Clock.Time.GetElapsedTime(Volatile.Read(ref _asked)) < (_sales.Count > 0 ? Fresh : FreshWhileThereIsNone))
        {
            return _sales;
        }

        _changed = false;
        Volatile.Write(ref _asked, shared.Clock.Time.GetTimestamp());
        var names = await shared.Contexts.WithAsync(
            (context, token) => context.Set<StockSaleRow>().OrderBy(row => row.Sale).Select(row => row.Sale).ToListAsync(token),
            cancellationToken).ConfigureAwait(false);
        return _sales = [.. names.Select(name => new StockSale(name))];
    }
}
