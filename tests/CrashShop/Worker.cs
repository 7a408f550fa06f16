using System.Globalization;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.CrashShop;

/// <summary>The shop's one process: publishes what is left to publish, relays and handles.</summary>
internal sealed class Worker(ShopSettings settings)
{
    private const int Handlers = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal async Task<int> RunAsync()
    {
        using var host = Build();
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<CrashShopDb>().Database.EnsureConsistencyKitCreatedAsync();
            if (settings.Ledger.Length > 0)
            {
                await scope.ServiceProvider.GetRequiredService<LedgerDb>().Database.EnsureConsistencyKitCreatedAsync();
            }
        }

        SelfDestruct.Arm(settings.CrashAt, settings.Hit);
        await host.StartAsync();
        Console.WriteLine("started");
        await PublishAsync(host.Services);
        await new KeyedRequests(host.Services, settings.Requests).RunAsync();
        if (settings.Jobs > 0)
        {
            await new Jobs(host.Services, settings.Jobs).RunAsync();
        }

        if (settings.Payments > 0)
        {
            await new Payments(host.Services, settings.Payments).RunAsync();
        }

        if (settings.Tccs > 0)
        {
            await new Tccs(host.Services, settings).RunAsync();
        }

        if (settings.Sales is { } customers)
        {
            await new Sales(host.Services, customers).RunAsync();
        }

        await new BranchCalls(host.Services, settings.Branches).RunAsync();
        var purchases = new Purchases(host.Services, settings);
        await purchases.StartAsync();
        Console.WriteLine("published");
        if (settings.PublishOnly)
        {
            return 0;
        }

        if (settings.UntilDrained)
        {
            await DrainAsync(host.Services, settings.Kafka.Length == 0 ? 0 : settings.Orders * settings.Events * Handlers);
            await purchases.EndAsync();
        }
        else
        {
            await Console.In.ReadToEndAsync();
        }

        await host.StopAsync();
        Console.WriteLine("stopped");
        return 0;
    }

    internal static void Configure(DbContextOptionsBuilder options, string store, string connection) =>
        _ = store == "postgres" ? options.UseNpgsql(connection) : options.UseSqlite(connection);

    private IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(Enum.Parse<LogLevel>(Environment.GetEnvironmentVariable("CRASH_SHOP_LOG") ?? "Warning")).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(settings);
        builder.Services.AddDbContext<CrashShopDb>(options => Configure(options, settings.Store, settings.Connection));
        if (settings.Jobs > 0)
        {
            builder.Services.AddConsistencyKit(Jobs.Register);
        }

        if (settings.Payments > 0)
        {
            builder.Services.AddConsistencyKit(Payments.Register);
        }

        if (settings.Tccs > 0)
        {
            builder.Services.AddConsistencyKit(kit => Tccs.Register(kit, settings));
        }

        if (settings.Sagas > 0)
        {
            builder.Services.AddConsistencyKit(kit => Purchases.Register(kit, settings));
        }

        if (settings.Sales is not null)
        {
            builder.Services.AddConsistencyKit(kit => Sales.Register(kit, settings));
        }

        if (settings.Ledger.Length > 0)
        {
            builder.Services.AddDbContext<LedgerDb>(options => Configure(options, settings.Store, settings.Ledger));
        }

        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<CrashShopDb>()
            .UseJson(CrashShopJson.Default)
            .AddMessage<OrderChanged>("order-changed.v1", "orders")
            .AddMessage<OrderFollowed>("order-followed.v1", "follow-ups")
            .AddHandler<OrderChanged, Follow>(handler => handler.In<CrashShopDb>().InBatches(settings.Batch))
            .AddHandler<OrderFollowed, Record>(handler => handler.In<CrashShopDb>().InBatches(settings.Batch))
            .ConfigureIdempotency(keys => keys.Lease = TimeSpan.FromSeconds(1))
            .ConfigureOutbox(outbox =>
            {
                outbox.Relay = !settings.PublishOnly;
                outbox.LeaseDuration = settings.Lease;
                outbox.PollInterval = TimeSpan.FromMilliseconds(200);
                outbox.BatchSize = 20;
                outbox.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(30), MaxAttempts = 1_000 };
            })
            .ConfigureInbox(inbox =>
            {
                inbox.Consume = !settings.PublishOnly;
                inbox.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(30), MaxAttempts = 1_000 };
                inbox.PollInterval = TimeSpan.FromMilliseconds(200);
                inbox.AttemptLease = TimeSpan.FromSeconds(1);
            }));
        if (settings.Kafka.Length == 0)
        {
            builder.Services.AddSingleton<ITransport, PickyTransport>();
        }
        else
        {
            builder.Services.AddConsistencyKit(kit => kit.UseKafka(settings.Kafka, kafka =>
            {
                // A killed member is missed soon, and what it was sending is asked about soon.
                kafka.GroupId = "crash-shop";
                kafka.SendTimeout = TimeSpan.FromSeconds(5);
                kafka.Consumer["session.timeout.ms"] = "6000";
                kafka.Consumer["heartbeat.interval.ms"] = "300";
            }));
        }

        return builder.Build();
    }

    /// <summary>Each event is one commit: the order's count and the message.</summary>
    private async Task PublishAsync(IServiceProvider services)
    {
        for (var round = 0; round < settings.Events; round++)
        {
            for (var id = 0; id < settings.Orders; id++)
            {
                await using var scope = services.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
                var order = await db.Orders.FindAsync(id) ?? db.Orders.Add(new Order { Id = id }).Entity;
                if (order.Published > round)
                {
                    continue;
                }

                order.Published = round + 1;
                if (settings.Sabotage == "outbox")
                {
                    // Two commits, as without an outbox: a crash between them loses the message.
                    await db.SaveChangesAsync();
                }

                var headers = (id + round) % 2 == 0 ? new Dictionary<string, string> { [PickyTransport.Header] = "yes" } : null;
                db.Outbox.Publish(new OrderChanged(id, round), id.ToString(CultureInfo.InvariantCulture), headers);
                await db.SaveChangesAsync();
            }
        }
    }

    /// <summary>Waits until nothing is left. With a broker an empty outbox does not say that everything was handled; that many effects do.</summary>
    private static async Task DrainAsync(IServiceProvider services, int effects)
    {
        const string left =
            """
            SELECT (SELECT count(*) FROM consistency_outbox) + (SELECT count(*) FROM consistency_outbox_hold)
                 + (SELECT count(*) FROM consistency_inbox_hold) AS "Value"
            """;
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (true)
        {
            await using (var scope = services.CreateAsyncScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
                var rows = await db.Database.SqlQueryRaw<long>(left).SingleAsync();
                if (rows == 0 && (effects == 0 || await db.Effects.CountAsync() >= effects))
                {
                    return;
                }

                if (time.GetElapsedTime(started) > Deadline)
                {
                    throw new TimeoutException($"After {Deadline.TotalSeconds} s there are still {rows} rows to send or handle, and {await db.Effects.CountAsync()} effects.");
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), time);
        }
    }
}
