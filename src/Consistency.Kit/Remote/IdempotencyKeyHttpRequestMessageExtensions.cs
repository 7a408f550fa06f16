using Consistency.Kit.Idempotency;
using Consistency.Kit.Remote;

namespace System.Net.Http;

/// <summary>Says under which key a request is sent.</summary>
public static class IdempotencyKeyHttpRequestMessageExtensions
{
    /// <summary>Sends the request under this key instead of a new one; through <see cref="IdempotencyKeyHandler"/> only.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The same whenever the application repeats the request: 1 to 255 visible ASCII characters or spaces.</param>
    /// <exception cref="ArgumentException">The key is not usable.</exception>
    public static HttpRequestMessage SetIdempotencyKey(this HttpRequestMessage request, string key)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IdempotencyKey.Problem(key) is { } problem)
        {
            throw new ArgumentException(problem, nameof(key));
        }

        request.Options.Set(IdempotencyKeyHandler.Key, key);
        return request;
    }
}
