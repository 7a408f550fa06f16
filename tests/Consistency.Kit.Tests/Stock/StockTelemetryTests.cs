using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Stock;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tests.Stock;

public sealed class StockTelemetryTests : IDisposable
{
    private readonly string _store = $"store-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<string> _measured = new();
    private readonly MeterListener _listener = new();
    private readonly ServiceProvider _services;

    public StockTelemetryTests()
    {
        var memory = new MemoryStock();
        _services = new ServiceCollection()
            .AddConsistencyKit(kit => kit.AddStockStore(_ => new StockStore { Name = _store, Stock = memory, Sales = memory, Upkeep = memory }))
            .BuildServiceProvider();
        _listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == KitDiagnostics.Name && instrument.Name is "consistency.stock.reserves" or "consistency.stock.ended")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (Equals(tags[0].Value, _store))
            {
                _measured.Enqueue($"{instrument.Name["consistency.stock.".Length..]} {tags[1].Value} {value}");
            }
        });
        _listener.Start();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Requests_and_ends_are_counted_by_outcome()
    {
        var store = _services.GetRequiredService<StockStores>().Shared;
        var (sale, item) = (new StockSale("s"), new StockItem("s", "a"));
        await ReserveAsync(store, "early");
        await store.Sales.OpenAsync(sale, Token);
        await store.Sales.SetAsync(item, 3, Token);
        await ReserveAsync(store, "one");
        await ReserveAsync(store, "one");
        await ReserveAsync(store, "one", "a 2");
        await ReserveAsync(store, "two");
        await ReserveAsync(store, "three");
        await ReserveAsync(store, "four");
        await store.Stock.ConfirmAsync(new StockOrder("s", "one"), Token);
        await store.Stock.ConfirmAsync(new StockOrder("s", "one"), Token);
        await store.Stock.ReleaseAsync(new StockOrder("s", "two"), Token);
        await ReserveAsync(store, "two");
        await store.Upkeep.ExpireAsync(sale, [new StockOrder("s", "three")], TimeSpan.FromDays(-1), Token);
        await ReserveAsync(store, "three");
        await store.Upkeep.ApplyFactAsync(new StockFact(new StockOrder("s", "five"), StockLines.Parse("a 1")), Token);
        await store.Sales.CloseAsync(sale, Token);
        await ReserveAsync(store, "late");
        Assert.Equal(
            [
                "reserves not_open 1", "reserves reserved 1", "reserves replayed 1", "reserves conflict 1", "reserves reserved 1", "reserves reserved 1", "reserves insufficient 1",
                "ended confirmed 1", "ended released 1", "reserves released 1", "ended expired 1", "reserves expired 1", "ended taken 1", "reserves closed 1",
            ],
            _measured);
    }

    [Fact]
    public async Task Orders_are_named_on_the_callers_span_and_on_no_metric()
    {
        using var source = new ActivitySource(_store);
        using var listener = new ActivityListener { ShouldListenTo = own => own == source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded };
        ActivitySource.AddActivityListener(listener);
        using var span = source.StartActivity("checkout")!;
        await ReserveAsync(_services.GetRequiredService<StockStores>().Shared, "o");
        Assert.Equal(("not_open", "s", "o"), ((string?)span.GetTagItem("consistency.outcome"), (string?)span.GetTagItem("consistency.stock.sale"), (string?)span.GetTagItem("consistency.stock.order")));
    }

    private static async Task ReserveAsync(StockStore store, string order, string lines = "a 1") =>
        await store.Stock.ReserveAsync(new ReserveRequest(new StockOrder("s", order), StockLines.Parse(lines), TimeSpan.FromHours(1)), Token);
}
