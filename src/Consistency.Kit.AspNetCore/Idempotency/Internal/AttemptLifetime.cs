using Microsoft.AspNetCore.Http.Features;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>
/// The lifetime of a request whose effects are not rolled back: its handler is cancelled when another attempt has taken over, not when
/// the client hangs up, who will ask again and wants the answer.
/// </summary>
internal sealed class AttemptLifetime(IHttpRequestLifetimeFeature original, CancellationToken lost) : IHttpRequestLifetimeFeature
{
    public CancellationToken RequestAborted { get; set; } = lost;

    public void Abort() => original.Abort();
}
