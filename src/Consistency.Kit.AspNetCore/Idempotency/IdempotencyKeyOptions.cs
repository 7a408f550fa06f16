using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>How endpoints treat idempotency keys. Defaults for all endpoints are set with <c>kit.ConfigureIdempotencyKeys(…)</c>.</summary>
public sealed class IdempotencyKeyOptions
{
    /// <summary>How the work and its key share the DbContext; of <c>RequireIdempotencyKey&lt;TDbContext&gt;</c> only. Default: <see cref="IdempotencyMode.Atomic"/>.</summary>
    public IdempotencyMode Mode { get; set; }

    /// <summary>The request header with the key. Default: <c>Idempotency-Key</c>.</summary>
    public string HeaderName { get; set; } = KeyHeader.Name;

    /// <summary>Whether a request without a key is refused; otherwise it runs without protection. Default: true.</summary>
    public bool Required { get; set; } = true;

    /// <summary>
    /// Who asks: keys of one caller never meet another's. Default: the authenticated user's <c>NameIdentifier</c> or <c>sub</c> claim with its
    /// issuer and the authentication type.
    /// </summary>
    public Func<HttpContext, string?>? Caller { get; set; }

    /// <summary>Whose data, in a system shared by tenants. Default: none.</summary>
    public Func<HttpContext, string?>? Tenant { get; set; }

    /// <summary>The largest request body, in bytes; a larger one is refused with 413. Default: 30,000,000, as the server's own.</summary>
    public long MaxRequestBytes { get; set; } = 30_000_000;

    /// <summary>
    /// The largest answer whose body is stored, in bytes. A larger one waits on disk until it is committed without its body; its repeats have
    /// the status, the headers, no body, and the header <c>Idempotency-Body: omitted</c>. Default: 1 MiB.
    /// </summary>
    public int MaxStoredBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>The answer's headers that repeats have too, in any case. Cookies are never stored.</summary>
    public ISet<string> StoredHeaders { get; } = new HashSet<string>(KnownHeaders.Default, StringComparer.OrdinalIgnoreCase);

    /// <summary>Which answers are stored. Default: <see cref="IdempotentAnswer.IsStoredByDefault"/>.</summary>
    public Func<IdempotentAnswer, bool> Store { get; set; } = static answer => answer.IsStoredByDefault;

    /// <summary>What a failure leaves behind; of <c>RequireIdempotencyKey()</c> without a DbContext only. Default: <see cref="FailurePolicy.Store"/>.</summary>
    public FailurePolicy AfterFailure { get; set; }

    /// <summary>What becomes of a request when the store does not answer. Default: <see cref="StoreOutage.Refuse"/>.</summary>
    public StoreOutage WhenStoreIsDown { get; set; }

    /// <summary>The longest <c>Retry-After</c> while another attempt is running. Default: 2 seconds.</summary>
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromSeconds(2);

    internal bool AnonymousAllowed { get; private set; }

    internal List<Func<HttpContext, string?>> FingerprintParts { get; } = [];

    /// <summary>
    /// Lets requests in whose caller is unknown. Their keys share one space: whoever guesses another's key and payload is told its answer, so
    /// keys must be unguessable.
    /// </summary>
    public IdempotencyKeyOptions AllowAnonymous()
    {
        AnonymousAllowed = true;
        return this;
    }

    /// <summary>Adds something to what makes two requests the same, next to path, query and body: for example a header that changes the result.</summary>
    /// <param name="part">Reads it; null counts as empty.</param>
    public IdempotencyKeyOptions AddToFingerprint(Func<HttpContext, string?> part)
    {
        ArgumentNullException.ThrowIfNull(part);
        FingerprintParts.Add(part);
        return this;
    }

    internal IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(HeaderName))
        {
            problems.Add("IdempotencyKeyOptions: HeaderName must name a header.");
        }

        if (MaxRequestBytes < 1 || MaxStoredBodyBytes < 0)
        {
            problems.Add("IdempotencyKeyOptions: MaxRequestBytes must be at least 1 and MaxStoredBodyBytes at least 0.");
        }

        if (MaxRetryAfter < TimeSpan.FromSeconds(1))
        {
            problems.Add("IdempotencyKeyOptions: MaxRetryAfter must be at least a second, the smallest that the header can say.");
        }

        foreach (var name in StoredHeaders)
        {
            if (KnownHeaders.MustNotBeStored(name))
            {
                problems.Add($"IdempotencyKeyOptions: {name} must not be stored: it belongs to one exchange, not to its repeats. Remove it from StoredHeaders.");
            }
        }

        if (StoredHeaders.Count > byte.MaxValue)
        {
            problems.Add($"IdempotencyKeyOptions: StoredHeaders has {StoredHeaders.Count} names; the limit is {byte.MaxValue}.");
        }

        return problems;
    }
}
