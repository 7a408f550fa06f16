using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shop.Orders;

namespace Shop.Workers;

/// <summary>Places all orders and changes each a little later, going on where the database says an earlier worker stopped.</summary>
internal sealed class Customers(IServiceScopeFactory scopes, ShopSettings settings, TimeProvider time) : BackgroundService
{
    /// <summary>How many orders lie between placing one and changing it.</summary>
    private const int Lag = 5;

    /// <summary>How many orders may be on their way, so that placing and handling go on side by side.</summary>
    private const int MaxOpen = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private bool _polite = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (next, unchanged) = await WhereToGoOnAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested && (next <= settings.Orders || unchanged.Count > 0))
        {
            if (next <= settings.Orders)
            {
                await InScopeAsync(desk => desk.PlaceAsync(OrderBook.Order(settings.Seed, next), stoppingToken));
                unchanged.Enqueue(next++);
            }

            if (unchanged.Count > Lag || next > settings.Orders)
            {
                await InScopeAsync(desk => desk.ChangeAsync(unchanged.Dequeue(), stoppingToken));
            }

            if (next % 25 == 0)
            {
                await WaitForRoomAsync(stoppingToken);
            }
        }
    }

    private async Task<(int Next, Queue<int> Unchanged)> WhereToGoOnAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var orders = scope.ServiceProvider.GetRequiredService<ShopDb>().Orders.AsNoTracking();
        var last = await orders.MaxAsync(order => (int?)order.Number, cancellationToken) ?? 0;
        var unchanged = await orders.Where(order => order.Version < OrderDesk.Versions)
            .OrderBy(order => order.Number).Select(order => order.Number).ToListAsync(cancellationToken);
        return (last + 1, new Queue<int>(unchanged));
    }

    private async Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        var moved = time.GetTimestamp();
        var least = int.MaxValue;
        while (_polite && await CountOpenAsync(cancellationToken) is > MaxOpen and var open)
        {
            if (open < least)
            {
                least = open;
                moved = time.GetTimestamp();
            }

            // When orders are lost, nothing makes room any more; customers come all the same.
            _polite = time.GetElapsedTime(moved) < Patience;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<int> CountOpenAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Orders
            .CountAsync(order => order.State != OrderState.Completed && order.State != OrderState.Rejected, cancellationToken);
    }

    private async Task InScopeAsync(Func<OrderDesk, Task> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<OrderDesk>());
    }
}
