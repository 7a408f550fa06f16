namespace Consistency.Kit.Payments.Stripe;

/// <summary>What an endpoint at Stripe is signed with.</summary>
public sealed class StripeOptions
{
    /// <summary>The endpoint's signing secrets, as Stripe shows them; two while one is rolled.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>How old, or how far in the future, a signature may be. Default: 5 minutes.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The secret or restricted API key; needed to ask, close and refund.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The account that is paid (<c>acct_…</c>), as the orders expect it; needed to ask, close and refund.</summary>
    public string Account { get; set; } = "";

    /// <summary>
    /// Finds the ids of all PaymentIntents that were made for an order; needed to ask and to close. Keep an id before its client secret
    /// leaves the server: then an order without an id is one that nobody can pay.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<IReadOnlyList<string>>>? FindIntents { get; set; }

    /// <summary>The key under which a PaymentIntent's metadata has the merchant's order number. Default: <c>order_number</c>.</summary>
    public string OrderKey { get; set; } = "order_number";

    /// <summary>How long an answer may take. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
