namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Another transaction has the key, or had it a moment ago. Never leaves the store.</summary>
internal sealed class KeyTakenException(Exception? innerException = null)
    : Exception("The key of this request is in the hands of another transaction.", innerException);
