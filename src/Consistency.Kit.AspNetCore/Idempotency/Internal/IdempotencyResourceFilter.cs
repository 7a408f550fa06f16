using Microsoft.AspNetCore.Mvc.Filters;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Puts the guard before an action: before its body is bound, around its result.</summary>
internal sealed class IdempotencyResourceFilter(IdempotencyGuard guard) : IAsyncResourceFilter
{
    public Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        // An attribute on the action counts before one on the controller.
        return context.FindEffectivePolicy<IdempotencyResourceFilter>() == this
            ? guard.InvokeAsync(context.HttpContext, _ => RunAsync(next))
            : next();
    }

    private static async Task RunAsync(ResourceExecutionDelegate next)
    {
        var executed = await next().ConfigureAwait(false);
        if (executed is { ExceptionDispatchInfo: { } failure, ExceptionHandled: false })
        {
            // From here on it is the guard's, which throws it on when it has no answer of its own.
            executed.ExceptionHandled = true;
            failure.Throw();
        }
    }
}
