using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Sagas.Internal;

/// <summary>Adds sagas to a context.</summary>
internal static class DbSagas
{
    internal static StartedSaga Add<TSaga, TInput>(DbContext context, string id, TInput input)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        var runtime = RuntimeOf(context);
        var (work, handle) = runtime.Sagas.Encode<TSaga, TInput>(id, input, runtime.Context);
        NewWorkRows.Add(context, work, added => SagaEncoder.Complete(handle, added));
        return handle;
    }

    internal static void Signal<TPayload>(DbContext context, string saga, string id, SignalKey<TPayload> signal, TPayload payload)
        where TPayload : notnull
    {
        var runtime = RuntimeOf(context);
        NewWorkRows.Add(context, runtime.Sagas.EncodeSignal(saga, id, signal, payload, runtime.Context), added: null);
    }

    private static KitRuntime RuntimeOf(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return KitRuntime.Find(context)
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} has no sagas: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
    }
}
