using BenchmarkDotNet.Attributes;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Benchmarks.Micro;

/// <summary>What <c>Publish</c> costs before anything is saved: encoding, and the tracked row.</summary>
[MemoryDiagnoser]
public class PublishBenchmark
{
    private readonly OrderPlaced _message = OrderPlaced.New(Guid.CreateVersion7(), 1);
    private readonly string _key = Guid.CreateVersion7().ToString();
    private ServiceProvider _services = null!;
    private MessageEncoder _encoder = null!;

    [GlobalSetup]
    public void SetUp()
    {
        // Nothing here connects to a database.
        var services = new ServiceCollection();
        services.AddDbContext<KitDb>(options => options.UseNpgsql("Host=nowhere"));
        services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<KitDb>()
            .UseJson(ShopJson.Default)
            .AddMessage<OrderPlaced>(OrderPlaced.Name, OrderPlaced.Topic));
        services.AddDbContext<HandDb>(options => options.UseNpgsql("Host=nowhere"));
        _services = services.BuildServiceProvider();
        _encoder = _services.GetRequiredService<MessageEncoder>();
    }

    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    [Benchmark]
    public TransportMessage Encode() => _encoder.Encode(_message, _key, null);

    [Benchmark(Baseline = true)]
    public int TrackAnOrderWithoutTheKit()
    {
        using var scope = _services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<HandDb>();
        db.Orders.Add(Order.New(1));
        return db.ChangeTracker.Entries().Count();
    }

    [Benchmark]
    public int TrackAnOrder()
    {
        using var scope = _services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<KitDb>();
        db.Orders.Add(Order.New(1));
        return db.ChangeTracker.Entries().Count();
    }

    [Benchmark]
    public int TrackAnOrderAndPublish()
    {
        using var scope = _services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<KitDb>();
        db.Orders.Add(Order.New(1));
        db.Outbox.Publish(_message, _key);
        return db.ChangeTracker.Entries().Count();
    }
}
