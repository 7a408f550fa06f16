namespace Consistency.Kit.Payments.WeChatPay;

/// <summary>A merchant's keys at WeChat Pay, API v3.</summary>
public sealed class WeChatPayOptions
{
    /// <summary>
    /// The keys with which WeChat Pay signs: the public key by its id (<c>PUB_KEY_ID_…</c>), or a platform certificate by its serial number.
    /// PEM. A callback that names another key is refused.
    /// </summary>
    public Dictionary<string, string> PlatformKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>The APIv3 key of the merchant: 32 characters that open the encrypted part.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>How old, or how far in the future, a signature may be. Default: 5 minutes.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The merchant's number; needed to ask, close and refund.</summary>
    public string MerchantId { get; set; } = "";

    /// <summary>The serial number of the merchant's API certificate; needed to ask, close and refund.</summary>
    public string MerchantSerial { get; set; } = "";

    /// <summary>The private key of the merchant's API certificate, as PEM; needed to ask, close and refund.</summary>
    public string MerchantKey { get; set; } = "";

    /// <summary>How long an answer may take. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
