using Consistency.Kit.AspNetCore.Progress;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Http;

/// <summary>Accepts fast what is processed behind.</summary>
public static class AcceptedStatusResultExtensions
{
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromSeconds(1);

    /// <summary>202 with the place where the request's state is to be seen.</summary>
    /// <param name="results"><c>Results.Extensions</c> or <c>TypedResults.Extensions</c>.</param>
    /// <param name="endpoint">The status endpoint's name: <c>app.MapStatus(…).WithName(endpoint)</c>.</param>
    /// <param name="values">The values of its route.</param>
    /// <param name="retryAfter">When to ask for the first time; a second when null.</param>
    public static AcceptedStatus AcceptedStatus(this IResultExtensions results, string endpoint, RouteValueDictionary values, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentException.ThrowIfNullOrEmpty(endpoint);
        ArgumentNullException.ThrowIfNull(values);
        return new AcceptedStatus(endpoint, values, retryAfter ?? DefaultDelay);
    }
}
