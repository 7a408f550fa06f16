using System.Net;
using Consistency.Kit;
using Consistency.Kit.Testing.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shop.Paying;

/// <summary>Composes the service that takes payments: callbacks in, the provider asked, orders moved and shipped.</summary>
internal static class PaymentsHost
{
    internal static WebApplication Build(PaymentsSettings settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, settings.Port));
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Critical);
        builder.Services.AddDbContextPool<PayDb>(options => Connect(options, settings));
        builder.Services.AddRoutingCore();
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<PayDb>()
            .UseJson(PayJson.Default)
            .AddMessage<OrderIsPaid>("order-is-paid.v1", "paid")
            .AddHandler<OrderIsPaid, SendParcel>()
            .AddStates<PayOrder, PayOrderState>(PayOrderStates.Map, order => order.State, states => states
                .Publish(move => move.To == PayOrderState.Paid ? new OrderIsPaid(Guid.Parse(move.Id)) : null))
            .AddPayments<PayDb, OrderPayments>(payments => payments
                .Provider(PaymentsSettings.Provider, _ => Provider(settings), _ => new SimulatedVerifier(settings.Secret))
                .Polls([.. ((int[])[1, 2, 3, 5, 10, 30, 60]).Select(seconds => TimeSpan.FromSeconds(seconds))])
                .Watch(TimeSpan.FromMinutes(10))
                .Retry(new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromSeconds(2), MaxAttempts = 1_000 }))
            .ConfigureWork(work =>
            {
                // A killed process's leases end soon, so that the drill does too.
                work.Lease = TimeSpan.FromSeconds(3);
                work.PollInterval = TimeSpan.FromMilliseconds(200);
                work.CollectInterval = TimeSpan.FromHours(1);
            })
            .ConfigureOutbox(outbox =>
            {
                outbox.LeaseDuration = TimeSpan.FromSeconds(2);
                outbox.PollInterval = TimeSpan.FromMilliseconds(200);
            }));
        var app = builder.Build();
        app.UseRouting();
        app.MapCallback("/callbacks/simulated", PaymentsSettings.Provider);
        return app;
    }

    private static SimulatedProvider Provider(PaymentsSettings settings) => new(new HttpClient { BaseAddress = settings.ProviderAddress, Timeout = TimeSpan.FromSeconds(5) });

    private static void Connect(DbContextOptionsBuilder options, PaymentsSettings settings)
    {
        if (settings.Store == StoreKind.Sqlite)
        {
            options.UseSqlite(settings.Connection).AddInterceptors(new SqliteSettings());
        }
        else
        {
            options.UseNpgsql(settings.Connection);
        }
    }
}
