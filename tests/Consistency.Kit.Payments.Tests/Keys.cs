using System.Security.Cryptography;

namespace Consistency.Kit.Payments.Tests;

/// <summary>One set of generated keys for all tests: making them is what takes time.</summary>
internal static class Keys
{
    internal static RSA Provider { get; } = RSA.Create(2048);

    internal static RSA Merchant { get; } = RSA.Create(2048);

    /// <summary>One that nobody knows.</summary>
    internal static RSA Stranger { get; } = RSA.Create(2048);

    internal static string Sign(this RSA key, string text) =>
        Convert.ToBase64String(key.SignData(System.Text.Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    internal static bool HasSigned(this RSA key, string text, string signature) =>
        key.VerifyData(System.Text.Encoding.UTF8.GetBytes(text), Convert.FromBase64String(signature), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
