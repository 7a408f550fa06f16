using System.Collections.Concurrent;
using Consistency.Kit.Testing.Payments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Drills;
using Shop.Orders;
using Shop.Payments;

namespace Shop.Customers;

/// <summary>Customers who pay at once, before the shop knows their order, twice, too late, or not at all, and who send goods back. Their orders are billed already: stock is the other drill's matter.</summary>
internal sealed class PayingCustomers(PaymentSimulator provider, IServiceProvider services, ShopSettings settings, TimeProvider time)
{
    private const int AtOnce = 8;

    private static readonly TimeSpan ShortTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentBag<Task> _paying = [];
    private volatile bool _areDone;

    /// <summary>Orders of which something is sent back, with the two amounts.</summary>
    internal ConcurrentDictionary<Guid, (long First, long Second)> Returns { get; } = new();

    /// <summary>They have asked for all that they will ask for.</summary>
    internal bool AreDone => _areDone;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, settings.Orders),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (number, token) => await PlaceAsync(number, OrderBook.RandomOf(settings.Seed, number), token));
        await Task.WhenAll(_paying);
        while (!(await ReadAsync(cancellationToken)).IsSettled)
        {
            await Task.Delay(Pause, time, cancellationToken);
        }

        await ReturnAsync(cancellationToken);
        _areDone = true;
    }

    private async Task PlaceAsync(int number, Random random, CancellationToken cancellationToken)
    {
        var order = new Order { Reference = number, Amount = random.Next(100, 100_000) / 100m, State = OrderState.Billed };
        var kind = random.NextDouble();
        var (isLate, isForgotten, isEarly, hearsLate) = (kind < 0.10, kind is >= 0.10 and < 0.15, kind is >= 0.15 and < 0.20, kind is >= 0.30 and < 0.40);
        if (isEarly)
        {
            Pay(order);
        }

        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
            db.Orders.Add(order);
            await db.BillOrderAsync(order.Id, order.Amount, isLate || isForgotten || hearsLate ? ShortTime : LongTime, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
        }

        if (isLate)
        {
            // Around the close and after it.
            _paying.Add(PayLaterAsync(order, (ShortTime / 2) + (TimeSpan.FromSeconds(2) * random.NextDouble()), cancellationToken));
        }
        else if (!isForgotten && !isEarly)
        {
            // In time, and sometimes the callback comes after the close.
            Pay(order, hearsLate ? ShortTime + (TimeSpan.FromSeconds(2) * random.NextDouble()) : null);
        }

        if (kind is >= 0.20 and < 0.26)
        {
            _paying.Add(PayLaterAsync(order, TimeSpan.FromSeconds(random.NextDouble()), cancellationToken));
        }
        else if (kind > 0.95)
        {
            Returns[order.Id] = (Billing.ToCents(order.Amount) / 4, Billing.ToCents(order.Amount) / 3);
        }
    }

    /// <summary>Sends two parts of an order back, and asks for one of the refunds twice.</summary>
    private async Task ReturnAsync(CancellationToken cancellationToken)
    {
        foreach (var (order, (first, second)) in Returns)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
            await db.RefundPaymentAsync(order.ToString(), $"{order:N}-1", first, "returned", cancellationToken);
            await db.RefundPaymentAsync(order.ToString(), $"{order:N}-2", second, "returned", cancellationToken);
            await db.RefundPaymentAsync(order.ToString(), $"{order:N}-1", first, "returned", cancellationToken);
        }
    }

    private void Pay(Order order, TimeSpan? callbackDelay = null) => provider.Pay(order.Id.ToString(), Billing.ToCents(order.Amount), Billing.Currency, callbackDelay);

    private async Task PayLaterAsync(Order order, TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, time, cancellationToken);
        Pay(order);
    }

    private async Task<PaymentsState> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var scope = services.CreateAsyncScope();
        return await PaymentsState.ReadAsync(scope.ServiceProvider.GetRequiredService<ShopDb>(), provider, settings.Orders, _areDone);
    }
}
