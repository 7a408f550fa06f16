using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Consistency.Kit.Idempotency;

/// <summary>SHA-256 of what a request asks for. The same key with another fingerprint is a client's mistake, never a repeat.</summary>
public readonly struct Fingerprint : IEquatable<Fingerprint>
{
    /// <summary>Bytes in a fingerprint.</summary>
    public const int Size = 32;

    private static readonly byte[] Zeros = new byte[Size];

    private readonly byte[]? _bytes;

    /// <summary>Takes a fingerprint that was computed already.</summary>
    /// <param name="bytes">32 bytes.</param>
    /// <exception cref="ArgumentException">There are not 32 bytes.</exception>
    public Fingerprint(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A fingerprint has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _bytes = bytes.ToArray();
    }

    /// <summary>Of a request without content: the operation and the key say all.</summary>
    public static Fingerprint None => default;

    /// <summary>The 32 bytes; zeros for <see cref="None"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes ?? Zeros;

    /// <summary>The fingerprint of some content.</summary>
    /// <param name="content">The raw bytes.</param>
    public static Fingerprint Of(ReadOnlySpan<byte> content) => new(SHA256.HashData(content));

    /// <summary>Compares in constant time.</summary>
    /// <param name="other">The other fingerprint.</param>
    public bool Equals(Fingerprint other) => CryptographicOperations.FixedTimeEquals(Bytes.Span, other.Bytes.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Fingerprint other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span);

    /// <summary>Compares in constant time.</summary>
    public static bool operator ==(Fingerprint left, Fingerprint right) => left.Equals(right);

    /// <summary>Compares in constant time.</summary>
    public static bool operator !=(Fingerprint left, Fingerprint right) => !left.Equals(right);
}
