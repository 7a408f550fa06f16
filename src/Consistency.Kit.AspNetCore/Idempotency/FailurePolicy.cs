namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>What a failure leaves behind on a store that joins no commit, where effects may exist although the handler failed.</summary>
public enum FailurePolicy
{
    /// <summary>A 5xx, or a plain 500 in the place of an exception, is the answer to every repeat: nothing is ever run twice.</summary>
    Store,

    /// <summary>Nothing is stored: the next attempt runs the handler again, behind the recovery points saved so far.</summary>
    Resume,
}
