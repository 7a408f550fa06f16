using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Sagas.Internal;

/// <summary>Adds sagas to a context.</summary>
internal static class DbSagas
{
    internal static StartedSaga Add<TSaga, TInput>(DbContext context, string id, TInput input)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        var runtime = context.GetService<IDbContextOptions>().FindExtension<KitOptionsExtension>()?.Runtime
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} cannot start sagas: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
        var (work, handle) = runtime.Sagas.Encode<TSaga, TInput>(id, input, runtime.Context);
        NewWorkRows.Add(context, work, added => SagaEncoder.Complete(handle, added));
        return handle;
    }
}
