using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.AspNetCore.Progress;

/// <summary>202: the request was accepted and is processed behind; <c>Location</c> says where its state is to be seen, <c>Retry-After</c> when.</summary>
/// <remarks>Send it after what is to be processed was saved. Behind an idempotency key it is stored as any other answer: a repeat is shown to the same place.</remarks>
public sealed class AcceptedStatus : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private readonly string _endpoint;
    private readonly RouteValueDictionary _values;
    private readonly TimeSpan _retryAfter;

    internal AcceptedStatus(string endpoint, RouteValueDictionary values, TimeSpan retryAfter)
    {
        _endpoint = endpoint;
        _values = values;
        _retryAfter = retryAfter;
    }

    /// <inheritdoc />
    public int? StatusCode => StatusCodes.Status202Accepted;

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted));
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">No endpoint has the name, or its route wants other values.</exception>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var links = httpContext.RequestServices.GetRequiredService<LinkGenerator>();
        httpContext.Response.Headers.Location = links.GetPathByName(httpContext, _endpoint, _values)
            ?? throw new InvalidOperationException($"No route leads to the endpoint '{_endpoint}' with the values {string.Join(", ", _values.Keys)}: name the status endpoint with .WithName(\"{_endpoint}\"), and give all values of its route.");
        httpContext.Response.Headers.RetryAfter = Seconds(_retryAfter);
        httpContext.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    internal static string Seconds(TimeSpan delay) => Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
