using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Names what a request asks for: its method and its route, not the values in it.</summary>
internal static class OperationNames
{
    private static readonly ConditionalWeakTable<Endpoint, OperationName> Names = [];

    internal static string Of(HttpContext context) =>
        context.GetEndpoint() is { } endpoint
            ? Names.GetValue(endpoint, static endpoint => new OperationName(RouteOf(endpoint))).With(context.Request.Method)
            : $"{context.Request.Method} {context.Request.Path}";

    private static string RouteOf(Endpoint endpoint)
    {
        var route = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName ?? "";

        // Conventional routes are shared by many actions.
        return endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { AttributeRouteInfo: null } action
            ? $"{route} {action.ControllerName}.{action.ActionName}"
            : "/" + route.TrimStart('/');
    }

    /// <summary>Most endpoints have one method: its name is made once.</summary>
    private sealed class OperationName(string route)
    {
        private Tuple<string, string>? _last;

        internal string With(string method)
        {
            var last = _last;
            if (last is null || !ReferenceEquals(last.Item1, method))
            {
                var name = HttpMethods.GetCanonicalizedValue(method);
                _last = last = Tuple.Create(method, last is not null && last.Item2.StartsWith(name + ' ', StringComparison.Ordinal) ? last.Item2 : $"{name} {route}");
            }

            return last.Item2;
        }
    }
}
