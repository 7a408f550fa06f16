using Consistency.Kit.Callbacks;
using Consistency.Kit.Conformance.Callbacks;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.TestServers;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>Callbacks in an empty database that two applications use; their engines start when the suite says so.</summary>
internal sealed class EfCallbacksFixture : CallbacksFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Database _database;
    private readonly Shop[] _instances;
    private readonly CallbackProbe _probe;

    private EfCallbacksFixture(Database database, Shop[] instances, CallbackProbe probe) => (_database, _instances, _probe) = (database, instances, probe);

    internal static async ValueTask<CallbacksFixture> CreateAsync(Engine engine)
    {
        var (database, probe) = (await Database.CreateAsync(engine), new CallbackProbe());
        Task<Shop> StartAsync() => Shop.StartAsync(
            database,
            kit => kit.AddCallbacks<CallbackProbe>(CallbackProbe.First, _ => probe).AddCallbacks<CallbackProbe>(CallbackProbe.Second, _ => probe)
                .AddHandler<OrderPlaced, RecordOrder>().AddHandler<InvoiceWritten, RecordInvoice>().ConfigureWork(work => work.PollInterval = TimeSpan.FromMilliseconds(100)),
            services => services.AddSingleton(probe).AddSingleton(new Behaviour()),
            start: false);
        return new EfCallbacksFixture(database, [await StartAsync(), await StartAsync()], probe);
    }

    public override Task<CallbackReceipt> ReceiveAsync(int instance, string provider, string signature, byte[] body, CancellationToken cancellationToken) =>
        _instances[instance].Services.GetRequiredService<CallbackIntakes>().Of(provider).ReceiveAsync(new Dictionary<string, string> { [CallbackProbe.Header] = signature }, body, cancellationToken);

    public override async Task<IReadOnlyList<StoredCallback>> ProcessAsync(int count, CancellationToken cancellationToken)
    {
        await _instances[1].Host.StartAsync(cancellationToken);
        await Eventually.UntilAsync(() => Task.FromResult(_probe.Processed.Count >= count), Patience, $"{count} callbacks are processed", cancellationToken);
        await _instances[1].Host.StopAsync(cancellationToken);
        return [.. _probe.Processed];
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await _database.DisposeAsync();
    }
}
