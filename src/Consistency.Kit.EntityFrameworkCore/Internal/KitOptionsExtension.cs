using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Brings the kit's model, saving order and interceptors into a DbContext.</summary>
internal sealed class KitOptionsExtension(EntityFrameworkCoreOptions options, KitRuntime? runtime) : IDbContextOptionsExtension
{
    internal EntityFrameworkCoreOptions Options => options;

    /// <summary>Null at design time.</summary>
    internal KitRuntime? Runtime => runtime;

    public DbContextOptionsExtensionInfo Info => field ??= new ExtensionInfo(this);

    public void ApplyServices(IServiceCollection services)
    {
        services.AddScoped<IConventionSetPlugin, KitConventionSetPlugin>();
        services.AddScoped<ICommandBatchPreparer, KitCommandBatchPreparer>();
        services.AddScoped<IBatchExecutor, KitBatchExecutor>();
        services.AddScoped<SavedPublications>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<SavedPublications>());
        services.AddSingleton<IInterceptor, NewWorkInterceptor>();
        services.AddSingleton<IInterceptor, PublicationInterceptor>();
        services.AddScoped<StockGate>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<StockGate>());
        services.AddSingleton<IInterceptor, StockInterceptor>();
        services.AddScoped<WorkTransaction>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<WorkTransaction>());
        services.AddScoped<SaveFences>();
        services.AddScoped<IResettableService>(provider => provider.GetRequiredService<SaveFences>());
        services.AddScoped<IDbContextTransactionManager, GuardedTransactions>();
        services.AddSingleton<IInterceptor, WorkTransactionInterceptor>();
        services.AddSingleton<IInterceptor, FenceInterceptor>();
    }

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class ExtensionInfo(KitOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        private string? Schema => ((KitOptionsExtension)Extension).Options.Schema;

        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using Consistency.Kit ";

        // The schema is part of the model, which EF caches per service provider.
        public override int GetServiceProviderHashCode() => HashCode.Combine(nameof(KitOptionsExtension), Schema);

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo info && info.Schema == Schema;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo["Consistency.Kit"] = "1";
    }
}
