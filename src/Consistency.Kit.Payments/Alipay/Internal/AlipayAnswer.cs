using System.Text.Json;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Alipay.Internal;

/// <summary>An answer whose signature fits.</summary>
internal sealed class AlipayAnswer(ProviderAnswer raw, JsonDocument json) : IDisposable
{
    internal ProviderAnswer Raw => raw;

    internal JsonElement Body => json.RootElement;

    internal bool IsSuccess => Code == "10000";

    internal string Code => EventJson.Text(Body, "code") ?? "";

    /// <summary>Why the business says no; empty when it is something else that went wrong.</summary>
    internal string Refusal => Code == "40004" ? EventJson.Text(Body, "sub_code") ?? "" : "";

    public void Dispose() => json.Dispose();
}
