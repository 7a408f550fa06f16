namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>The <c>type</c> of each problem that the key's own check answers with. They stay the same, so that clients may compare them.</summary>
public static class IdempotencyProblems
{
    /// <summary>400: the header with the key is missing.</summary>
    public const string KeyMissing = "urn:consistency-kit:idempotency:key-missing";

    /// <summary>400: the header is there but is not one key.</summary>
    public const string KeyInvalid = "urn:consistency-kit:idempotency:key-invalid";

    /// <summary>409: another attempt at the request is running; ask again after <c>Retry-After</c>.</summary>
    public const string InProgress = "urn:consistency-kit:idempotency:in-progress";

    /// <summary>422: the key was used for another request.</summary>
    public const string KeyReused = "urn:consistency-kit:idempotency:key-reused";

    /// <summary>413: the request's body is too large.</summary>
    public const string RequestTooLarge = "urn:consistency-kit:idempotency:request-too-large";

    /// <summary>503: keys or answers cannot be stored now; asking again with the same key is safe.</summary>
    public const string StoreUnavailable = "urn:consistency-kit:idempotency:store-unavailable";

    /// <summary>409: this attempt was silent for too long and another one has taken over; ask again for its answer.</summary>
    public const string AttemptLost = "urn:consistency-kit:idempotency:attempt-lost";

    /// <summary>500: the first attempt failed, and its effects are unknown. This answer is stored.</summary>
    public const string Failed = "urn:consistency-kit:idempotency:failed";
}
