using Consistency.Kit.Idempotency;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>What is written when the work is done.</summary>
internal readonly record struct KeyAnswer(Fingerprint Fingerprint, ReadOnlyMemory<byte> Content, TimeSpan Retention);
