using Consistency.Kit.Idempotency;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>What is in the table for a key.</summary>
/// <param name="Outcome">Found or busy; null when the key may be taken.</param>
/// <param name="Epoch">The epoch of a row that has to be replaced, because its retention or its abandoned claim is over; otherwise null.</param>
internal readonly record struct KeyLook(AtomicOutcome? Outcome, long? Epoch)
{
    private static readonly AtomicOutcome.Busy Running = new();

    internal static AtomicOutcome Busy => Running;

    internal static KeyLook At(long epoch, byte[] fingerprint, byte[]? answer, DateTime? completedAt, bool isRemembered, bool isLeased) =>
        !isRemembered ? new KeyLook(null, epoch)
        : answer is not null && completedAt is { } completed ? new KeyLook(new AtomicOutcome.Found(new Fingerprint(fingerprint), new StoredAnswer(answer, completed)), null)
        : isLeased ? new KeyLook(Running, null)
        : new KeyLook(null, epoch);
}
