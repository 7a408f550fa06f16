using System.Net;

namespace Consistency.Kit.Payments.Internal;

/// <summary>What a provider has answered. Nothing of it is believed yet.</summary>
internal sealed record ProviderAnswer(HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    internal bool IsSuccess => (int)Status is >= 200 and < 300;
}
