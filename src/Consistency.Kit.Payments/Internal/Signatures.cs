using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Consistency.Kit.Payments.Internal;

/// <summary>What the verifiers have in common. Nothing here throws for what a stranger has sent.</summary>
internal static class Signatures
{
    private const int MaxSignature = 1_024;

    /// <summary>Decodes base64 of a bounded length; null when it is none.</summary>
    internal static byte[]? FromBase64(string text)
    {
        if (text.Length is 0 or > MaxSignature || !Base64.IsValid(text))
        {
            return null;
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }

    /// <summary>Decodes hex of a bounded length; null when it is none.</summary>
    internal static byte[]? FromHex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return text.Length is > 0 and <= MaxSignature && text.Length % 2 == 0 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }

    /// <summary>Seconds since 1970, digits only.</summary>
    internal static bool TryReadSeconds(string text, out DateTimeOffset at)
    {
        at = default;
        if (text.Length is 0 or > 11 || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return false;
        }

        at = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return true;
    }

    internal static bool IsWithin(DateTimeOffset at, DateTimeOffset now, TimeSpan window) => (now - at).Duration() <= window;

    private static byte[] HmacSha256(byte[] key, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(head);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether one of the signatures was made with one of the secrets; compared in constant time. Null is a signature that is none.</summary>
    internal static bool IsSigned(IEnumerable<byte[]> secrets, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, IReadOnlyList<byte[]?> signatures)
    {
        foreach (var secret in secrets)
        {
            var expected = HmacSha256(secret, head, body);
            if (signatures.Any(bytes => bytes is not null && CryptographicOperations.FixedTimeEquals(bytes, expected)))
            {
                return true;
            }
        }

        return false;
    }

    internal static byte[] Sha256(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(body);
        hash.AppendData(tail);
        return hash.GetHashAndReset();
    }
}
