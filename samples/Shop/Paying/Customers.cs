using System.Collections.Concurrent;
using Consistency.Kit.Payments;
using Consistency.Kit.Testing.Payments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Paying;

/// <summary>Customers who pay at once, before the shop knows their order, twice, too late, or not at all, and who send goods back.</summary>
internal sealed class Customers(PaymentSimulator provider, IServiceProvider services, PaymentsOptions options, TimeProvider time)
{
    private const int AtOnce = 8;
    private const string Currency = "CNY";

    private static readonly TimeSpan ShortTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongTime = TimeSpan.FromMinutes(10);

    private readonly ConcurrentBag<Task> _paying = [];

    /// <summary>Orders of which something is to be sent back, with the two amounts.</summary>
    internal ConcurrentDictionary<Guid, (long First, long Second)> Returns { get; } = new();

    internal int Placed => _placed;

    private int _placed;

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, options.Orders),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (number, token) => await PlaceAsync(new Random(HashCode.Combine(options.Seed, number)), token));
        await Task.WhenAll(_paying);
    }

    /// <summary>Sends two parts of an order back, and asks for one of the refunds twice.</summary>
    internal async Task ReturnAsync(CancellationToken cancellationToken)
    {
        foreach (var (order, (first, second)) in Returns)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PayDb>();
            await db.RefundPaymentAsync(order.ToString(), $"{order:N}-1", first, "returned", cancellationToken);
            await db.RefundPaymentAsync(order.ToString(), $"{order:N}-2", second, "returned", cancellationToken);
            await db.RefundPaymentAsync(order.ToString(), $"{order:N}-1", first, "returned", cancellationToken);
        }
    }

    private async Task PlaceAsync(Random random, CancellationToken cancellationToken)
    {
        var order = new PayOrder { Id = Guid.CreateVersion7(), Amount = random.Next(100, 100_000) };
        var kind = random.NextDouble();
        var (isLate, never) = (kind < 0.10, kind is >= 0.10 and < 0.15);
        var isEarly = kind is >= 0.15 and < 0.20;
        var hearsLate = kind is >= 0.30 and < 0.40;
        if (isEarly)
        {
            Pay(order);
        }

        await using (var scope = services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PayDb>();
            db.Orders.Add(order);
            db.ExpectPayment(new ExpectedPayment
            {
                OrderNumber = order.Id.ToString(),
                Provider = PaymentsSettings.Provider,
                Merchant = "shop",
                Amount = order.Amount,
                Currency = Currency,
                CloseAfter = isLate || never || hearsLate ? ShortTime : LongTime,
            });
            await db.SaveChangesAsync(cancellationToken);
        }

        Interlocked.Increment(ref _placed);
        if (isLate)
        {
            // Around the close and after it.
            _paying.Add(PayLaterAsync(order, ShortTime + (TimeSpan.FromSeconds(4) * random.NextDouble()) - TimeSpan.FromSeconds(0.5), cancellationToken));
        }
        else if (!never && !isEarly)
        {
            // In time, and sometimes the callback comes after the close.
            Pay(order, hearsLate ? ShortTime + (TimeSpan.FromSeconds(3) * random.NextDouble()) : null);
        }

        if (kind is >= 0.20 and < 0.26)
        {
            _paying.Add(PayLaterAsync(order, TimeSpan.FromSeconds(2 * random.NextDouble()), cancellationToken));
        }
        else if (kind > 0.95)
        {
            Returns[order.Id] = (order.Amount / 4, order.Amount / 3);
        }
    }

    private void Pay(PayOrder order, TimeSpan? callbackDelay = null) => provider.Pay(order.Id.ToString(), order.Amount, Currency, callbackDelay);

    private async Task PayLaterAsync(PayOrder order, TimeSpan delay, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, time, cancellationToken);
        Pay(order);
    }
}
