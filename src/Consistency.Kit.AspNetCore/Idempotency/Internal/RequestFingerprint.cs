using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Hashes what a request asks for: path, query and the application's own parts with their lengths, then the body.</summary>
internal sealed class RequestFingerprint : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal RequestFingerprint(HttpContext context, IdempotencyKeyOptions options)
    {
        var request = context.Request;
        Append(request.PathBase.Value);
        Append(request.Path.Value);
        Append(request.QueryString.Value);
        foreach (var part in options.FingerprintParts)
        {
            Append(part(context));
        }
    }

    internal void Append(ReadOnlySpan<byte> body) => _hash.AppendData(body);

    /// <summary>Appends a text behind its length, so that no two lists of texts are the same bytes.</summary>
    internal void Append(string? text)
    {
        text ??= "";
        var size = sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = size > 512 ? ArrayPool<byte>.Shared.Rent(size) : null;
        var bytes = rented ?? stackalloc byte[512];
        var length = Encoding.UTF8.GetBytes(text, bytes[sizeof(int)..]);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        _hash.AppendData(bytes[..(sizeof(int) + length)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Ends the hash; called once.</summary>
    internal Fingerprint Finish()
    {
        Span<byte> bytes = stackalloc byte[Fingerprint.Size];
        _hash.GetHashAndReset(bytes);
        return new Fingerprint(bytes);
    }

    public void Dispose() => _hash.Dispose();
}
