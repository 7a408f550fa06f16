using System.Diagnostics.Metrics;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What a transaction that wrote to the outbox and stays open does to everybody else's messages.</summary>
internal sealed class LongTransaction : IScenario
{
    private const int PerSecond = 200;
    private const int WarmUp = 10 * PerSecond;
    private const int Others = 30 * PerSecond;
    private const int Own = WarmUp + Others;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1) / PerSecond;

    public string Name => "long-transaction";

    public string Summary => "200 publications/s while one transaction that has published stays open for 30 s";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        using var sweeps = new MeterListener();
        var found = 0L;
        sweeps.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == KitDiagnostics.Name && instrument.Name == "consistency.outbox.sweep.found")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        sweeps.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref found, value));
        sweeps.Start();

        var arrivals = new Arrivals(Own + 1);
        var database = await context.CreateDatabaseAsync("kit", cancellationToken);
        using var host = await Shops.WithKitAsync(
            database,
            kit => kit.AddHandler<OrderPlaced, RecordArrival>().ConfigureOutbox(outbox => outbox.SweepInterval = TimeSpan.FromSeconds(5)),
            services => services.AddSingleton(arrivals));
        await host.StartAsync(cancellationToken);
        await Pacer.RunAsync(0, WarmUp, Interval, number => Publisher.PublishAsync(host, arrivals, number));
        await arrivals.OfAsync(0, WarmUp);

        await Shops.InScopeAsync<KitDb>(host, async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            db.Outbox.Publish(OrderPlaced.New(Guid.CreateVersion7(), Own), "own");
            await db.SaveChangesAsync(cancellationToken);
            await Pacer.RunAsync(WarmUp, Others, Interval, number => Publisher.PublishAsync(host, arrivals, number));
            await transaction.CommitAsync(cancellationToken);
            arrivals.Saved(Own);
        });

        (await arrivals.OfAsync(WarmUp, Others)).Print("others");
        Report.Value("own_after_commit_ms", (await arrivals.OfAsync(Own, 1)).Percentile(100));

        // One more sweep over everything that was sent.
        await Task.Delay(TimeSpan.FromSeconds(12), cancellationToken);
        Report.Value("sweep_found", Interlocked.Read(ref found));
        Report.Value("handled_twice", await database.ScalarAsync<long>("SELECT count(*) - count(DISTINCT \"Number\") FROM effects"));
        await host.StopAsync(cancellationToken);
    }
}
