using System.Net;
using Consistency.Kit;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;
using Consistency.Kit.Testing.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Chaos;
using Shop.Checkouts;
using Shop.Coupons;
using Shop.Orders;
using Shop.Payments;
using Shop.Points;
using Shop.Sabotages;
using Shop.Shipping;
using Shop.Stocks;
using Shop.Wallets;

namespace Shop;

/// <summary>Composes the shop: the kit as an application uses it, then what disturbs it.</summary>
internal static class ShopHost
{
    /// <summary>Says who the customer is. A real shop would know from the sign-in.</summary>
    internal const string CustomerHeader = "Customer";

    internal static WebApplication Build(ShopSettings settings, Tally tally)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(settings.Socket);
            kestrel.Listen(IPAddress.Loopback, settings.CallbackPort);
        });
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Critical);
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(tally);
        services.AddSingleton<Mischief>();
        services.AddDbContextPool<ShopDb>(options => options.UseStore(settings.Store, settings.Connection));
        services.AddScoped<OrderDesk>();
        services.AddSingleton(_ => new SimulatedProvider(new HttpClient { BaseAddress = settings.Provider, Timeout = TimeSpan.FromSeconds(5) }));
        services.AddSingleton<IPaymentProvider>(provider => provider.GetRequiredService<SimulatedProvider>());
        services.AddSingleton<ICallbackVerifier>(new SimulatedVerifier(settings.ProviderSecret));
        _ = settings.Checkout switch
        {
            CheckoutKind.Saga => services.AddSingleton<ICheckout, SagaCheckout>(),
            CheckoutKind.Tcc => services.AddSingleton<ICheckout, TccCheckout>(),
            _ => services.AddSingleton<ICheckout, MessageCheckout>(),
        };
        services.AddRoutingCore();
        services.AddConsistencyKit(kit => AddShop(kit, settings));
        services.DisturbTransport();
        if (settings.Sabotage is { } sabotage)
        {
            services.Sabotage(sabotage);
        }

        if (settings.Checkout == CheckoutKind.Saga)
        {
            services.DisturbShelf();
        }

        var shop = builder.Build();
        if (settings.Sabotage == Sabotages.Sabotage.Ship)
        {
            shop.UseMiddleware<HastyShipping>();
        }

        shop.UseRouting();
        shop.MapOrders();
        shop.MapPayments();
        return shop;
    }

    private static void AddShop(ConsistencyKitBuilder kit, ShopSettings settings)
    {
        kit.UseEntityFrameworkCore<ShopDb>()
            .AddShelf(settings)
            .UseJson(ShopJson.Default)
            .AddMessage<OrderPlaced>("order-placed.v1", settings.Topic("orders"))
            .AddMessage<OrderUpdated>("order-updated.v1", settings.Topic("orders"))
            .AddMessage<StockTaken>("stock-taken.v1", settings.Topic("stock"))
            .AddMessage<OrderPaid>("order-paid.v1", settings.Topic("payments"))
            .AddMessage<OrderShipped>("order-shipped.v1", settings.Topic("shipments"))
            .AddFlakyHandler<OrderPlaced, TakeStock>("take-stock")
            .AddFlakyHandler<OrderUpdated, FollowOrder>("follow-order")
            .AddFlakyHandler<StockTaken, BillOrder>("bill-order")
            .AddFlakyHandler<OrderPaid, ShipOrder>("ship-order")
            .AddFlakyHandler<OrderShipped, GivePoints>("give-points")
            .AddSaga<CheckoutSaga, Checkout>()
            .AddJob<Checkout, ReserveForCheckout>("reserve-for-checkout")
            .AddTcc(tcc => tcc
                .AddBranch(StockBranch.Stock, branch => branch.Local<ShopDb, StockBranch>())
                .AddBranch(WalletBranch.Wallet, branch => branch.Local<ShopDb, WalletBranch>())
                .AddBranch(CouponBranch.Coupon, branch => branch.Local<ShopDb, CouponBranch>()))
            .AddPayments<ShopDb, OrderPayments>(payments => payments
                .Provider(Billing.Provider, services => services.GetRequiredService<IPaymentProvider>(), services => services.GetRequiredService<ICallbackVerifier>())
                .Polls([.. settings.Polls.Select(seconds => TimeSpan.FromSeconds(seconds))])
                .Watch(TimeSpan.FromMinutes(10))
                .Retry(new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(2), MaxAttempts = 1_000 }))
            .ConfigureIdempotency(keys => keys.Lease = TimeSpan.FromSeconds(3))
            .ConfigureIdempotencyKeys(keys => keys.Caller = static http => http.Request.Headers[CustomerHeader])
            .ConfigureOutbox(outbox =>
            {
                // A killed worker's leases end soon, so that the drill does too.
                outbox.LeaseDuration = TimeSpan.FromSeconds(2);
                outbox.PollInterval = TimeSpan.FromMilliseconds(200);
            })
            .ConfigureWork(work =>
            {
                work.Lease = TimeSpan.FromSeconds(3);
                work.PollInterval = TimeSpan.FromMilliseconds(200);
                work.MaxTakeOvers = 100;
            })
            .ConfigureInbox(inbox =>
            {
                inbox.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), MaxAttempts = 100 };
                inbox.AttemptLease = TimeSpan.FromSeconds(1);
                inbox.PollInterval = TimeSpan.FromSeconds(1);
            });
        if (settings.Transport == TransportKind.Kafka)
        {
            kit.UseKafka(settings.Bootstrap, kafka =>
            {
                kafka.GroupId = settings.Run;
                kafka.CreateTopics = settings.CreateTopics ? new() { Partitions = ShopSettings.Partitions } : null;

                // The broker gives a killed worker's partitions to the next one after this.
                kafka.Consumer["session.timeout.ms"] = "6000";
            });
        }
    }
}
