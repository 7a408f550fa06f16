using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Consistency.Kit.Payments.Internal;

/// <summary>Reads keys in the forms in which providers hand them out.</summary>
internal static class RsaKey
{
    /// <summary>A public key as PEM, a certificate as PEM, or the base64 of either key form without its lines.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    internal static RSA ReadPublic(string key, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key, name);
        try
        {
            if (key.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
            {
                using var certificate = X509Certificate2.CreateFromPem(key);
                return certificate.GetRSAPublicKey() ?? throw new ArgumentException($"{name} is a certificate without an RSA key.", name);
            }

            var rsa = RSA.Create();
            if (key.Contains("-----", StringComparison.Ordinal))
            {
                rsa.ImportFromPem(key);
            }
            else
            {
                rsa.ImportSubjectPublicKeyInfo(Convert.FromBase64String(key), out _);
            }

            return rsa;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new ArgumentException($"{name} is no RSA key: give the public key or the certificate as PEM, or the key's base64.", name, exception);
        }
    }
}
