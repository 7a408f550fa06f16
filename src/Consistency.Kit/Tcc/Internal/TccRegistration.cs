using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Registers what coordinates TCCs.</summary>
internal static class TccRegistration
{
    internal static void Add(IServiceCollection services, TccBuilder builder, WorkOptions work)
    {
        services.AddSingleton<EndsOf<string>>();
        services.AddSingleton(provider => new TccPost(builder.ReplyTopic, provider.GetRequiredService<EndsOf<string>>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new TccCatalog(builder.Branches, provider));
        services.AddSingleton<WorkKind>(provider => new TccKind(
            provider.GetRequiredService<TccCatalog>(),
            builder.StoreKey,
            builder.Options,
            provider.GetRequiredService<TccPost>(),
            provider.GetRequiredService<EndsOf<string>>(),
            provider.GetRequiredService<TimeProvider>(),
            TccServices.LoggerOf(provider)));
        services.AddSingleton<WorkKind>(provider => new TccReplyKind(builder.StoreKey, provider.GetRequiredService<EndsOf<string>>()));
        services.AddSingleton<IWorkStartUp>(provider => new TccStartUp(
            builder,
            provider.GetRequiredService<TccCatalog>(),
            provider.GetRequiredService<WorkStores>(),
            provider.GetRequiredService<KitJson>()));
        services.AddSingleton<ITccCoordinator>(provider => new TccCoordinator(
            provider.GetRequiredService<WorkStores>().Of(builder.StoreKey, "What TCCs are kept in"),
            provider.GetRequiredService<TccCatalog>(),
            builder.Options,
            work,
            provider.GetRequiredService<KitJson>(),
            provider.GetRequiredService<TccPost>(),
            provider.GetRequiredService<EndsOf<string>>(),
            provider.GetRequiredService<TimeProvider>(),
            TccServices.LoggerOf(provider)));
    }
}
