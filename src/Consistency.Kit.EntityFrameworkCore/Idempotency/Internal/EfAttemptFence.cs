using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Fences the one context that the work uses, and no other of the application.</summary>
internal sealed class EfAttemptFence(ContextSource contexts) : IAttemptFence
{
    public IDisposable Attach(IServiceProvider scope, IdempotentAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(attempt);
        return contexts.Resolve(scope).GetService<SaveFences>().Attach(new AttemptFence(attempt));
    }
}
