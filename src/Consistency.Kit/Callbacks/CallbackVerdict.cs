namespace Consistency.Kit.Callbacks;

/// <summary>What a verifier says of a callback.</summary>
public abstract record CallbackVerdict
{
    private CallbackVerdict()
    {
    }

    /// <summary>The provider has sent it.</summary>
    /// <param name="EventId">Names the news, the same each time it is sent, at most 200 characters. Two different news must differ: a second partial refund is no repeat of the first.</param>
    /// <param name="Kind">What kind of news it is, in the provider's word.</param>
    public sealed record Genuine(string EventId, string Kind) : CallbackVerdict;

    /// <summary>It is not to be believed.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Forged(CallbackRefusal Reason) : CallbackVerdict;
}
