namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>What becomes of a request whose key cannot be looked up because the store does not answer.</summary>
public enum StoreOutage
{
    /// <summary>It is refused with 503: nothing runs twice.</summary>
    Refuse,

    /// <summary>The handler runs without any protection, and every such request is logged.</summary>
    RunUnprotected,
}
