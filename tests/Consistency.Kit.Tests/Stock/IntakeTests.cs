using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Stock;
using Consistency.Kit.Stock.Internal;
using Consistency.Kit.Tests.Support;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Tests.Stock;

/// <summary>Intake follows what lags behind, says so, and does not switch to and fro.</summary>
public sealed class IntakeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeTime _time = new();
    private readonly string _name = $"rule-{Guid.NewGuid():N}";
    private double _value;
    private int _looks;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void A_rule_works_at_the_first_look_that_is_too_high()
    {
        var rule = new IntakeRuleState(Rule(refuseAt: 100, slowAt: 50), _time.GetUtcNow());
        Assert.Equal(
            [IntakeState.Open, IntakeState.Slowed, IntakeState.Refused, IntakeState.Refused],
            ((double[])[49, 50, 100, 1_000]).Select(value => Looked(rule, value)));
    }

    [Fact]
    public void A_rule_eases_only_after_three_looks_in_a_row_well_below_where_it_began()
    {
        var rule = new IntakeRuleState(Rule(refuseAt: 100, slowAt: 50), _time.GetUtcNow());
        Assert.Equal(IntakeState.Refused, Looked(rule, 100));

        // To and fro around the threshold, and two calm looks that a third one spoils.
        Assert.All((double[])[99, 101, 85, 99, 79, 79, 81, 79, 60], value => Assert.Equal(IntakeState.Refused, Looked(rule, value)));
        Assert.Equal(IntakeState.Slowed, Looked(rule, 79));
        Assert.All((double[])[45, 41, 39, 39], value => Assert.Equal(IntakeState.Slowed, Looked(rule, value)));
        Assert.Equal(IntakeState.Open, Looked(rule, 39));
    }

    [Fact]
    public async Task While_a_rule_refuses_no_store_is_asked_and_everything_but_reserving_goes_on()
    {
        var store = new Asked(new MemoryStock());
        await using var services = Services(store, Rule(refuseAt: 10));
        var (stock, sales) = (services.GetRequiredService<IStock>(), services.GetRequiredService<IStockSales>());
        await sales.OpenAsync(new StockSale("s"), Token);
        await sales.SetAsync(new StockItem("s", "a"), 10, Token);
        Assert.IsType<ReserveOutcome.Reserved>(await stock.ReserveAsync(Request("before"), Token));
        _value = 10;
        await LookAsync(services);
        var intake = services.GetRequiredService<StockIntake>();
        Assert.Equal(IntakeState.Refused, intake.State);
        Assert.Equal(new IntakeReading(_name, IntakeState.Refused, 10, _time.GetUtcNow()), Assert.Single(intake.Readings));
        Assert.Equal(new ReserveOutcome.SellingStopped(StopReason.Overloaded) { Rule = _name }, await stock.ReserveAsync(Request("new"), Token));
        Assert.Equal(1, store.Reserves);
        Assert.Equal(StockMove.Done, await stock.ConfirmAsync(new StockOrder("s", "before"), Token));
        Assert.Equal(StockMove.NotFound, await stock.ReleaseAsync(new StockOrder("s", "other"), Token));
        Assert.NotNull(await stock.ReadAsync(new StockItem("s", "a"), Token));

        // Misuse is told as ever.
        await Assert.ThrowsAsync<ArgumentException>(async () => await stock.ReserveAsync(
            new ReserveRequest(new StockOrder("s", "o"), StockLines.Parse("a 1"), TimeSpan.FromHours(1)) { LimitPerCustomer = 1 }, Token));
        _value = 0;
        await LookAsync(services);
        await LookAsync(services);
        Assert.Equal(IntakeState.Refused, intake.State);
        await LookAsync(services);
        Assert.IsType<ReserveOutcome.Reserved>(await stock.ReserveAsync(Request("new"), Token));
    }

    [Fact]
    public async Task While_a_rule_slows_one_request_of_so_many_is_let_in()
    {
        var store = new Asked(new MemoryStock());
        await using var services = Services(store, Rule(refuseAt: 10, slowAt: 5, admitOneIn: 3));
        var (stock, sales) = (services.GetRequiredService<IStock>(), services.GetRequiredService<IStockSales>());
        await sales.OpenAsync(new StockSale("s"), Token);
        await sales.SetAsync(new StockItem("s", "a"), 100, Token);
        _value = 5;
        await LookAsync(services);
        Assert.Equal(IntakeState.Slowed, services.GetRequiredService<StockIntake>().State);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 30).Select(async number => await stock.ReserveAsync(Request($"o{number}"), Token)));
        Assert.Equal((10, 20), (outcomes.Count(outcome => outcome.HasStock), outcomes.Count(outcome => outcome is ReserveOutcome.SellingStopped { Reason: StopReason.Overloaded })));
        Assert.Equal(10, store.Reserves);
    }

    [Fact]
    public async Task A_measure_that_fails_leaves_its_rule_as_it_stands_and_the_others_working()
    {
        var fails = false;
        var failing = new IntakeRule(_name, (_, _) => fails ? throw new TimeoutException() : new(7), refuseAt: 7);
        await using var services = Services(new MemoryStock(), failing, new IntakeRule("other", (_, _) => new(_value), refuseAt: 1));
        await LookAsync(services);
        var intake = services.GetRequiredService<StockIntake>();
        fails = true;
        _value = 1;
        await LookAsync(services);
        await LookAsync(services);
        Assert.Equal([IntakeState.Refused, IntakeState.Refused], intake.Readings.Select(reading => reading.State));
    }

    [Fact]
    public async Task Rules_are_looked_at_in_the_background_and_tell_metrics()
    {
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == KitDiagnostics.Name && instrument.Name == "consistency.stock.intake.state")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) =>
        {
            if (Equals(tags[0].Value, _name))
            {
                measured.Enqueue($"{value}");
            }
        });
        listener.Start();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddConsistencyKit(kit => kit.UseMemoryStock().ConfigureStock(stock => stock.IntakeRules.Add(Rule(refuseAt: 10, slowAt: 5))));
        using var host = builder.Build();
        await host.StartAsync(Token);
        await LooksAsync(1);
        _value = 6;
        await LooksAsync(3);
        Assert.Equal(IntakeState.Slowed, host.Services.GetRequiredService<StockIntake>().State);
        _value = 0;
        await LooksAsync(8);
        Assert.Equal(IntakeState.Open, host.Services.GetRequiredService<StockIntake>().State);
        await host.StopAsync(Token);
        Assert.Equal(["0", "1", "0"], measured.Aggregate(new List<string>(), (states, state) => states.LastOrDefault() == state ? states : [.. states, state]));
    }

    [Fact]
    public async Task A_rule_about_the_outbox_without_one_and_two_rules_of_one_name_keep_the_host_from_starting()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddConsistencyKit(kit => kit.UseMemoryStock().ConfigureStock(stock =>
        {
            stock.IntakeRules.Add(IntakeRule.OutboxDepth(refuseAt: 10_000));
            stock.IntakeRules.Add(IntakeRule.OutboxDepth(refuseAt: 20_000));
        }));
        using var host = builder.Build();
        var refused = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => host.StartAsync(Token));
        Assert.Contains("two intake rules named outbox-depth", refused.Message, StringComparison.Ordinal);
        Assert.Contains("kit.UseEntityFrameworkCore<YourDbContext>()", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    [InlineData(double.NaN, null)]
    [InlineData(10, 10d)]
    [InlineData(10, 0d)]
    [InlineData(10, 11d)]
    public void Thresholds_that_make_no_sense_are_refused(double refuseAt, double? slowAt) =>
        Assert.Contains("The rule depth must", Assert.Throws<ArgumentOutOfRangeException>(() => new IntakeRule("depth", (_, _) => new(0), refuseAt, slowAt)).Message, StringComparison.Ordinal);

    private IntakeRule Rule(double refuseAt, double? slowAt = null, int admitOneIn = 4) => new(
        _name,
        (_, _) =>
        {
            Interlocked.Increment(ref _looks);
            return new(Volatile.Read(ref _value));
        },
        refuseAt,
        slowAt)
    { AdmitOneIn = admitOneIn };

    private static ReserveRequest Request(string order) => new(new StockOrder("s", order), StockLines.Parse("a 1"), TimeSpan.FromHours(1));

    private IntakeState Looked(IntakeRuleState rule, double value)
    {
        rule.Look(value, _time.GetUtcNow());
        return rule.Reading.State;
    }

    private ServiceProvider Services(IStock stock, params IntakeRule[] rules)
    {
        var memory = stock as MemoryStock ?? ((Asked)stock).Memory;
        return new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddConsistencyKit(kit => kit
                .AddStockStore(_ => new StockStore { Name = "memory", Stock = stock, Sales = memory, Upkeep = memory })
                .ConfigureStock(options => rules.ToList().ForEach(options.IntakeRules.Add)))
            .BuildServiceProvider();
    }

    private async Task LookAsync(ServiceProvider services) =>
        await IntakeWatch.LookAsync(services.GetRequiredService<StockIntake>(), services, _time, NullLogger.Instance, Token);

    /// <summary>Lets so many more looks pass.</summary>
    private async Task LooksAsync(int count)
    {
        for (var number = 0; number < count; number++)
        {
            var before = Volatile.Read(ref _looks);
            await Eventually.UntilAsync(
                () =>
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    return Volatile.Read(ref _looks) > before;
                },
                Patience,
                "the rule is looked at",
                Token);
        }
    }

    private sealed class Asked(MemoryStock memory) : IStock
    {
        private int _reserves;

        internal MemoryStock Memory => memory;

        internal int Reserves => _reserves;

        public ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _reserves);
            return memory.ReserveAsync(request, cancellationToken);
        }

        public ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default) => memory.ConfirmAsync(order, cancellationToken);

        public ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default) => memory.ReleaseAsync(order, cancellationToken);

        public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default) => memory.ReadAsync(item, cancellationToken);

        public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default) => memory.FindAsync(order, cancellationToken);
    }
}
