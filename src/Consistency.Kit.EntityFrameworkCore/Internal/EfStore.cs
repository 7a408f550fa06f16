using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>What the kit's stores on one DbContext share: its contexts, its clock, and whose SQL they may write.</summary>
internal sealed class EfStore
{
    internal EfStore(IServiceProvider services, Type context, EntityFrameworkCoreOptions options)
    {
        Contexts = new ContextSource(services, context);
        Clock = new StoreClock(services.GetRequiredService<TimeProvider>());
        Plentiful = new PlentifulItems(services.GetRequiredService<TimeProvider>());
        if (options.Portable)
        {
            return;
        }

        using var scope = Contexts.CreateScope();
        if (scope.ServiceProvider.GetService(context) is DbContext sample)
        {
            IsPostgres = Provider.IsPostgres(sample);
            IsSqlite = Provider.IsSqlite(sample);
            Contexts.QueueWriters(oneAtATime: IsSqlite);
        }
    }

    internal ContextSource Contexts { get; }

    internal StoreClock Clock { get; }

    /// <summary>What this process knows of the ledger of stock.</summary>
    internal PlentifulItems Plentiful { get; }

    internal bool IsPostgres { get; }

    internal bool IsSqlite { get; }

    internal static EfStore Of(IServiceProvider services, Type context) => services.GetRequiredKeyedService<EfStore>(context);
}
