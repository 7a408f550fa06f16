using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Messaging;
using Consistency.Kit.Sagas;
using Consistency.Kit.Scheduling;
using Consistency.Kit.States;
using Consistency.Kit.Stock;
using Consistency.Kit.Tcc;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>What a DbContext needs of the application: found once, when first used.</summary>
internal sealed class KitRuntime(IServiceProvider services, Type context)
{
    private bool? _hasLedger;

    /// <summary>Null for a context that the kit does not know.</summary>
    internal static KitRuntime? Find(DbContext context) => context.GetService<IDbContextOptions>().FindExtension<KitOptionsExtension>()?.Runtime;

    internal MessageEncoder Encoder => field ??= services.GetRequiredService<MessageEncoder>();

    internal MessagingStore Store => field ??= services.GetServices<MessagingStore>().First(store => store.Key == context);

    internal BarrierEngine Barrier => field ??= services.GetRequiredService<BarrierEngines>().Of(context);

    internal JobEncoder Jobs => field ??= services.GetRequiredService<JobEncoder>();

    internal SagaEncoder Sagas => field ??= services.GetRequiredService<SagaEncoder>();

    internal StateCatalog States => field ??= services.GetRequiredService<StateCatalog>();

    internal PaymentProviders Payments => field ??= services.GetService<PaymentProviders>()
        ?? throw new InvalidOperationException($"Payments are not registered: add kit.AddPayments<{context.Name}, YourHandler>(p => p.Provider(…)).");

    internal Type Context => context;

    internal EfStore Shared => field ??= EfStore.Of(services, context);

    internal WorkStore Work => field ??= services.GetServices<WorkStore>().First(store => store.Key == context);

    internal IdempotencyEngine Idempotency => field ??= services.GetRequiredService<IdempotencyEngines>().Of(context);

    internal RefusedOrders Refused => field ??= services.GetRequiredService<RefusedOrders>();

    /// <summary>Whether orders of this database take from its ledger, because their stock is kept elsewhere.</summary>
    /// <exception cref="ConsistencyConfigurationException">It is, and there is no ledger here.</exception>
    internal bool HasLedger => _hasLedger ??= FindLedger();

    private bool FindLedger()
    {
        var stores = services.GetRequiredService<StockStores>();
        if (!stores.All.Any(store => store.Key is null))
        {
            return false;
        }

        return services.GetService<StockLedgerOf>()?.Context == context
            ? true
            : throw new ConsistencyConfigurationException([$"Stock is kept in {stores.Shared.Name}, and {context.Name} has no ledger for it: add kit.UseStockLedger<{context.Name}>()."]);
    }
}
