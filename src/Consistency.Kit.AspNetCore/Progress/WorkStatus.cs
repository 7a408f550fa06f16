using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Consistency.Kit.AspNetCore.Progress;

/// <summary>The state of work that was accepted before, as a status endpoint answers it. Never cached.</summary>
public sealed class WorkStatus : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private readonly int _status;
    private readonly string? _state;
    private readonly string? _reason;
    private readonly string? _location;
    private readonly TimeSpan? _retryAfter;

    private WorkStatus(int status, string? state = null, string? reason = null, string? location = null, TimeSpan? retryAfter = null)
    {
        _status = status;
        _state = state;
        _reason = reason;
        _location = location;
        _retryAfter = retryAfter;
    }

    /// <inheritdoc />
    public int? StatusCode => _status;

    /// <summary>Not done yet: 200 with <c>{"status":"pending"}</c> and <c>Retry-After</c>.</summary>
    /// <param name="retryAfter">When to ask again; told in whole seconds, one at least.</param>
    public static WorkStatus Pending(TimeSpan retryAfter) => new(StatusCodes.Status200OK, "pending", retryAfter: retryAfter);

    /// <summary>Done: 303 to the result.</summary>
    /// <param name="location">Where the result is.</param>
    public static WorkStatus Done(string location)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        return new(StatusCodes.Status303SeeOther, location: location);
    }

    /// <summary>Ended without a result: 200 with <c>{"status":"failed","reason":"…"}</c>. Asking for the state has not failed.</summary>
    /// <param name="reason">Why, for the client.</param>
    public static WorkStatus Failed(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new(StatusCodes.Status200OK, "failed", reason);
    }

    /// <summary>Nothing of the kind was accepted: 404.</summary>
    public static WorkStatus Unknown() => new(StatusCodes.Status404NotFound);

    /// <inheritdoc />
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(void), ["application/json"]));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status303SeeOther));
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status404NotFound));
    }

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var response = httpContext.Response;
        response.StatusCode = _status;
        response.Headers.CacheControl = "no-store";
        if (_location is not null)
        {
            response.Headers.Location = _location;
        }

        if (_retryAfter is { } delay)
        {
            response.Headers.RetryAfter = AcceptedStatus.Seconds(delay);
        }

        if (_state is not null)
        {
            response.ContentType = "application/json";
            var json = new Utf8JsonWriter(response.BodyWriter);
            await using (json.ConfigureAwait(false))
            {
                json.WriteStartObject();
                json.WriteString("status"u8, _state);
                if (_reason is not null)
                {
                    json.WriteString("reason"u8, _reason);
                }

                json.WriteEndObject();
            }

            await response.BodyWriter.FlushAsync(httpContext.RequestAborted).ConfigureAwait(false);
        }
    }
}
