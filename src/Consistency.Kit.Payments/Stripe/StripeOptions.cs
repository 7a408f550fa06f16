namespace Consistency.Kit.Payments.Stripe;

/// <summary>What an endpoint at Stripe is signed with.</summary>
public sealed class StripeOptions
{
    /// <summary>The endpoint's signing secrets, as Stripe shows them; two while one is rolled.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>How old, or how far in the future, a signature may be. Default: 5 minutes.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);
}
