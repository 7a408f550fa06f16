using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>A scope that has one thing: the context the caller holds, wherever that came from.</summary>
internal sealed class ContextScope(DbContext context) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType.IsInstanceOfType(context) ? context : null;
}
