using System.Collections.Concurrent;
using Consistency.Kit.Callbacks;
using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Payments;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Payments;

/// <summary>A shop whose orders are paid at the fake provider; it asks every 50 ms.</summary>
internal static class PayingShop
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static Task<Shop> StartAsync(Database database, FakeProvider provider, PaymentAlerts? alerts = null, bool start = true, Action<PaymentsBuilder>? configure = null, Action<IServiceCollection>? services = null) => Shop.StartAsync(
        database,
        kit => kit
            .AddPayments<ShopDb, PaidOrders>(payments =>
            {
                payments
                    .Provider(FakeProvider.Name, _ => provider, _ => provider)
                    .Polls(TimeSpan.FromMilliseconds(50))
                    .Retry(new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(100), MaxAttempts = 50 });
                configure?.Invoke(payments);
            })
            .AddHandler<OrderPlaced, RecordOrder>()
            .AddHandler<InvoiceWritten, RecordInvoice>()
            .ConfigureWork(work => work.PollInterval = TimeSpan.FromMilliseconds(100)),
        all =>
        {
            all.AddSingleton<IWorkAlert>(alerts ?? new PaymentAlerts()).AddSingleton(new Behaviour());
            services?.Invoke(all);
        },
        start);

    internal static Task ExpectAsync(this Shop shop, string order, TimeSpan? closeAfter = null) => shop.UseAsync(async db =>
    {
        db.ExpectPayment(new ExpectedPayment { OrderNumber = order, Provider = FakeProvider.Name, Merchant = "shop", Amount = 100, Currency = "CNY", CloseAfter = closeAfter ?? TimeSpan.FromMinutes(5) });
        await db.SaveChangesAsync();
    });

    internal static Task<CallbackReceipt> CallBackAsync(this Shop shop, string eventId, PaymentNews.Paid paid) => shop.Services.GetRequiredService<CallbackIntakes>().Of(FakeProvider.Name)
        .ReceiveAsync(new Dictionary<string, string>(), FakeProvider.Callback(eventId, paid), CancellationToken.None);

    internal static Task UntilAsync(this Shop shop, string order, PaymentState state) => Eventually.UntilAsync(
        () => shop.UseAsync(db => db.Set<PaymentOrderRow>().AnyAsync(row => row.Number == order && row.State == state)), Patience, $"{order} is {state}");

    internal static Task UntilRefundedAsync(this Shop shop, int count) => Eventually.UntilAsync(
        () => shop.UseAsync(async db => await db.Set<RefundRow>().CountAsync(row => row.Status == RefundStatus.Done) == count), Patience, $"{count} refunds are done");

    /// <summary>What the application was told: "paid" or "closed" and the order.</summary>
    internal static Task<List<string>> ToldAsync(this Shop shop) => shop.UseAsync(db => db.Effects.OrderBy(effect => effect.Id).Select(effect => effect.Consumer + " " + effect.Key).ToListAsync());
}

internal sealed class PaidOrders : IPaymentHandler<ShopDb>
{
    public Task PaidAsync(ShopDb db, PaymentNews.Paid paid, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Consumer = "paid", Key = paid.OrderNumber });
        return Task.CompletedTask;
    }

    public Task ClosedAsync(ShopDb db, string orderNumber, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Consumer = "closed", Key = orderNumber });
        return Task.CompletedTask;
    }
}

internal sealed class PaymentAlerts : IWorkAlert
{
    internal ConcurrentQueue<WorkSnapshot> All { get; } = new();

    public ValueTask ParkedAsync(WorkSnapshot work, CancellationToken cancellationToken)
    {
        All.Enqueue(work);
        return ValueTask.CompletedTask;
    }
}
