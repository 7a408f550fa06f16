using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Orders;

namespace Shop.Customers;

/// <summary>Places all orders, changes each a little later, and pays what was billed.</summary>
internal sealed class Crowd(ShopClient shop, IServiceScopeFactory scopes, ShopSettings settings, TimeProvider time)
{
    /// <summary>Most of them wait: a request that meets its own copy is told to come again in a second.</summary>
    private const int Buyers = 32;

    /// <summary>How many orders may be on their way, so that placing and handling go on side by side.</summary>
    private const int MaxOpen = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentQueue<Guid> _unpaid = new();
    private int _placed;
    private volatile bool _polite = true;

    /// <summary>Runs until everything is placed, changed and paid, or it is cancelled because some orders will never be billed.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var buying = Task.WhenAll(Enumerable.Range(0, Buyers).Select(_ => BuyAsync(cancellationToken)));
        await Task.WhenAll(buying, PayAsync(buying, cancellationToken));
    }

    private async Task BuyAsync(CancellationToken cancellationToken)
    {
        while (Interlocked.Increment(ref _placed) is var reference && reference <= settings.Orders)
        {
            var order = await shop.PlaceAsync(OrderBook.Order(settings.Seed, reference), cancellationToken);
            if (!OrderBook.IsForgotten(reference))
            {
                _unpaid.Enqueue(order);
            }

            await shop.ChangeAsync(order, cancellationToken);
            if (reference % 25 == 0)
            {
                await WaitForRoomAsync(cancellationToken);
            }
        }
    }

    private async Task PayAsync(Task buying, CancellationToken cancellationToken)
    {
        var payments = new List<Task>();
        while (!buying.IsCompleted || !_unpaid.IsEmpty)
        {
            if (!_unpaid.TryDequeue(out var order))
            {
                await Task.Delay(Pause, time, cancellationToken);
                continue;
            }

            switch (await shop.StateAsync(order, cancellationToken))
            {
                case OrderState.Billed:
                    payments.Add(shop.PayAsync(order, cancellationToken));
                    break;
                case OrderState.Rejected:
                    break;
                default:
                    _unpaid.Enqueue(order);
                    await Task.Delay(Pause / 4, time, cancellationToken);
                    break;
            }
        }

        await Task.WhenAll(payments);
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
}
