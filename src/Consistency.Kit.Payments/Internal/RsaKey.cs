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

    /// <summary>A private key as PEM, or the base64 of PKCS#8 or PKCS#1 without its lines.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    internal static RSA ReadPrivate(string key, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key, name);
        var rsa = RSA.Create();
        try
        {
            if (key.Contains("-----", StringComparison.Ordinal))
            {
                rsa.ImportFromPem(key);
            }
            else
            {
                Import(rsa, Convert.FromBase64String(key));
            }

            // A public key imports as well, and would fail at the first request only.
            _ = rsa.SignHash(new byte[32], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return rsa;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or ArgumentException)
        {
            rsa.Dispose();
            throw new ArgumentException($"{name} is no private RSA key: give it as PEM, or the base64 of PKCS#8 or PKCS#1.", name, exception);
        }
    }

    private static void Import(RSA rsa, byte[] key)
    {
        try
        {
            rsa.ImportPkcs8PrivateKey(key, out _);
        }
        catch (CryptographicException)
        {
            rsa.ImportRSAPrivateKey(key, out _);
        }
    }
}
