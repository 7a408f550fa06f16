using System.Globalization;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.Payments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

/// <summary>A provider whose books are told by an order's number: of three orders one is paid, one is paid twice, and one is never paid. What it is asked to pay back it writes down.</summary>
internal sealed class ToldProvider(IServiceScopeFactory scopes) : IPaymentProvider, ICallbackVerifier
{
    internal const string Name = "told";

    public IReadOnlyList<string> Headers { get; } = [];

    public CallbackReply Accepted { get; } = new(200);

    public CallbackReply Refused { get; } = new(400);

    internal static IReadOnlyList<PaymentNews.Paid> Books(int order) =>
        [.. Enumerable.Range(0, order % 3 == 2 ? 0 : order % 3 + 1).Select(copy => new PaymentNews.Paid($"{order}", $"t{order}-{copy}", "shop", 100, "CNY"))];

    public PaymentNews Read(StoredCallback callback)
    {
        var parts = Encoding.UTF8.GetString(callback.Body.Span).Split(' ');
        return Books(Number(parts[0]))[Number(parts[1])];
    }

    public Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        var paid = Books(Number(orderNumber));
        return Task.FromResult<IReadOnlyList<PaymentNews>>(paid.Count > 0 ? paid : [new PaymentNews.Closed()]);
    }

    public Task CloseAsync(string orderNumber, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        // The same number is the same refund: that it is asked for again is no second one.
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
        db.Effects.Add(new Effect { Consumer = "refund " + refund.Number, OrderId = Number(refund.OrderNumber), Number = (int)refund.Amount, Worker = Environment.ProcessId });
        await db.SaveChangesAsync(cancellationToken);
        return RefundStatus.Done;
    }

    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CallbackVerdict>(new CallbackVerdict.Genuine(Encoding.UTF8.GetString(request.Body.Span), "paid"));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

internal sealed class ToldOrders : IPaymentHandler<CrashShopDb>
{
    public Task PaidAsync(CrashShopDb db, PaymentNews.Paid paid, CancellationToken cancellationToken) => Leave(db, "paid", paid.OrderNumber);

    public Task ClosedAsync(CrashShopDb db, string orderNumber, CancellationToken cancellationToken) => Leave(db, "closed", orderNumber);

    private static Task Leave(CrashShopDb db, string what, string order)
    {
        db.Effects.Add(new Effect { Consumer = what, OrderId = int.Parse(order, CultureInfo.InvariantCulture), Worker = Environment.ProcessId });
        return Task.CompletedTask;
    }
}

/// <summary>Takes orders and callbacks, whatever crashes, and waits until nothing is left to ask, to close or to pay back.</summary>
internal sealed class Payments(IServiceProvider services, int count)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static void Register(ConsistencyKitBuilder kit)
    {
        kit.Services.AddSingleton<ToldProvider>();
        kit.AddPayments<CrashShopDb, ToldOrders>(payments => payments
                .Provider(ToldProvider.Name, all => all.GetRequiredService<ToldProvider>(), all => all.GetRequiredService<ToldProvider>())
                .Polls(TimeSpan.FromMilliseconds(200))
                .Watch(TimeSpan.Zero)
                .Retry(new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), MaxAttempts = 1_000 }))
            .ConfigureWork(work =>
            {
                work.Lease = TimeSpan.FromSeconds(2);
                work.PollInterval = TimeSpan.FromMilliseconds(100);
                work.MaxTakeOvers = 1_000;
            });
    }

    internal async Task RunAsync()
    {
        for (var number = 0; number < count; number++)
        {
            await ExpectAsync(number);
            for (var copy = 0; copy < ToldProvider.Books(number).Count; copy++)
            {
                // Each callback comes twice.
                var intake = services.GetRequiredService<CallbackIntakes>().Of(ToldProvider.Name);
                var body = Encoding.UTF8.GetBytes($"{number} {copy}");
                await intake.ReceiveAsync(new Dictionary<string, string>(), body, CancellationToken.None);
                await intake.ReceiveAsync(new Dictionary<string, string>(), body, CancellationToken.None);
            }
        }

        await DrainAsync();
    }

    /// <summary>One commit: the order and what it expects. Another process may be faster.</summary>
    private async Task ExpectAsync(int number)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
        if (await db.Orders.FindAsync(number) is not null)
        {
            return;
        }

        db.Add(new Order { Id = number });
        db.ExpectPayment(new ExpectedPayment { OrderNumber = $"{number}", Provider = ToldProvider.Name, Merchant = "shop", Amount = 100, Currency = "CNY", CloseAfter = TimeSpan.FromMilliseconds(300) });
        try
        {
            await db.SaveChangesAsync();
        }
        catch (DbUpdateException)
        {
            await using var other = services.CreateAsyncScope();
            if (await other.ServiceProvider.GetRequiredService<CrashShopDb>().Orders.FindAsync(number) is null)
            {
                throw;
            }
        }
    }

    private async Task DrainAsync()
    {
        const string open = "SELECT (SELECT count(*) FROM consistency_work WHERE status <> 1) + (SELECT count(*) FROM consistency_payment_refund WHERE status <> 1) AS \"Value\"";
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await using (var scope = services.CreateAsyncScope())
            {
                var left = await scope.ServiceProvider.GetRequiredService<CrashShopDb>().Database.SqlQueryRaw<long>(open).SingleAsync();
                if (left == 0)
                {
                    return;
                }

                if (TimeProvider.System.GetElapsedTime(started) > Deadline)
                {
                    throw new TimeoutException($"After {Deadline.TotalSeconds} s there are still {left} jobs, callbacks and refunds.");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
