using System.Diagnostics.CodeAnalysis;
using Consistency.Kit.AspNetCore.Progress;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps endpoints that say how far accepted work is.</summary>
public static class StatusEndpointRouteBuilderExtensions
{
    /// <summary>Maps a GET endpoint that answers with a <see cref="WorkStatus"/>. Give it a name, to which <c>Results.Extensions.AcceptedStatus</c> leads.</summary>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route, for example <c>/orders/{id}/status</c>.</param>
    /// <param name="handler">Returns a <see cref="WorkStatus"/>, or a task of one; its parameters are bound as those of <c>MapGet</c>.</param>
    /// <exception cref="ArgumentException">The handler returns something else.</exception>
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection, as MapGet does. Where that is not wanted, MapGet a handler that returns a WorkStatus.")]
    [RequiresDynamicCode("Binds the handler's parameters by reflection, as MapGet does. Where that is not wanted, MapGet a handler that returns a WorkStatus.")]
    public static RouteHandlerBuilder MapStatus(this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, Delegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return handler.Method.ReturnType is var type && (type == typeof(WorkStatus) || type == typeof(Task<WorkStatus>) || type == typeof(ValueTask<WorkStatus>))
            ? endpoints.MapGet(pattern, handler)
            : throw new ArgumentException($"The handler of a status endpoint returns a {nameof(WorkStatus)}, not {type.Name}.", nameof(handler));
    }
}
