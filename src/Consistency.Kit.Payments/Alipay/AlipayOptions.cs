namespace Consistency.Kit.Payments.Alipay;

/// <summary>An application's keys at Alipay.</summary>
public sealed class AlipayOptions
{
    /// <summary>Alipay's public key of the application, RSA2, as PEM or base64. A certificate will do.</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>The application's id; a callback for another application is refused.</summary>
    public string AppId { get; set; } = "";
}
