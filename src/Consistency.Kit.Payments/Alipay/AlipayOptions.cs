namespace Consistency.Kit.Payments.Alipay;

/// <summary>An application's keys at Alipay.</summary>
public sealed class AlipayOptions
{
    /// <summary>Alipay's public key of the application, RSA2, as PEM or base64. A certificate will do.</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>The application's id; a callback for another application is refused.</summary>
    public string AppId { get; set; } = "";

    /// <summary>The seller's number (<c>2088…</c>), who is paid; needed to ask, close and refund.</summary>
    public string SellerId { get; set; } = "";

    /// <summary>The application's own private key, RSA2, as PEM or base64; needed to ask, close and refund.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>How long an answer may take. Default: 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
