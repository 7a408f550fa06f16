using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.WeChatPay;

/// <summary>Opens the encrypted part of a notification: AES-256-GCM with the merchant's APIv3 key.</summary>
public sealed class WeChatPayResource
{
    private const int TagSize = 16;

    private readonly byte[] _key;

    /// <summary>Takes the key.</summary>
    /// <param name="apiKey">The merchant's APIv3 key.</param>
    /// <exception cref="ArgumentException">The key has not 32 bytes.</exception>
    public WeChatPayResource(string apiKey)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        _key = Encoding.UTF8.GetBytes(apiKey);
        if (_key.Length != 32)
        {
            throw new ArgumentException($"The APIv3 key has {_key.Length} bytes; it has to have 32.", nameof(apiKey));
        }
    }

    /// <summary>Opens the <c>resource</c> of a notification.</summary>
    /// <param name="body">The notification, as it was received.</param>
    /// <returns>The JSON inside.</returns>
    /// <exception cref="InvalidDataException">The notification has no such part, or the key does not open it.</exception>
    public byte[] Open(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var resource = json.RootElement.GetProperty("resource"u8);
            return Open(
                Convert.FromBase64String(EventJson.Text(resource, "ciphertext") ?? ""),
                Encoding.UTF8.GetBytes(EventJson.Text(resource, "nonce") ?? ""),
                Encoding.UTF8.GetBytes(EventJson.Text(resource, "associated_data") ?? ""));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or CryptographicException)
        {
            throw new InvalidDataException("The notification's resource cannot be opened: is WeChatPayOptions.ApiKey the merchant's APIv3 key?", exception);
        }
    }

    private byte[] Open(byte[] sealedText, byte[] nonce, byte[] associated)
    {
        if (sealedText.Length < TagSize)
        {
            throw new FormatException("The ciphertext is shorter than its tag.");
        }

        var text = new byte[sealedText.Length - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(nonce, sealedText.AsSpan(0, text.Length), sealedText.AsSpan(text.Length), text, associated);
        return text;
    }
}
