using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Consistency.Kit.Idempotency;

/// <summary>Names one logical request: the client's key within the caller and the operation it was sent to.</summary>
/// <remarks>
/// Two keys are the same only when all four parts are, ordinally; a key that one caller chose never meets another caller's, nor the same
/// caller's on another operation. Stores see the <see cref="Hash"/> only, so that no part of it needs escaping or leaks.
/// </remarks>
public sealed class IdempotencyKey : IEquatable<IdempotencyKey>
{
    /// <summary>The longest value, in characters.</summary>
    public const int MaxLength = 255;

    private readonly byte[] _hash;

    /// <summary>Creates the key.</summary>
    /// <param name="value">What the client chose: 1 to 255 visible ASCII characters or spaces, best a UUID.</param>
    /// <param name="operation">What the request asks for, for example <c>POST /orders</c>.</param>
    /// <param name="caller">Who asks: a user or client id. Empty only when keys are known to be unguessable.</param>
    /// <param name="tenant">Whose data, in a system shared by tenants.</param>
    /// <exception cref="ArgumentException">The value or the operation is not usable.</exception>
    public IdempotencyKey(string value, string operation, string caller = "", string tenant = "")
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentException.ThrowIfNullOrWhiteSpace(operation);
        if (Problem(value) is { } problem)
        {
            throw new ArgumentException(problem, nameof(value));
        }

        Value = value;
        Operation = operation;
        Caller = caller;
        Tenant = tenant;
        _hash = HashOf([tenant, caller, operation, value]);
    }

    /// <summary>What the client chose.</summary>
    public string Value { get; }

    /// <summary>What the request asks for.</summary>
    public string Operation { get; }

    /// <summary>Who asks.</summary>
    public string Caller { get; }

    /// <summary>Whose data.</summary>
    public string Tenant { get; }

    /// <summary>SHA-256 over all parts and their lengths: 32 bytes.</summary>
    public ReadOnlyMemory<byte> Hash => _hash;

    /// <summary>What is wrong with a value that a client sent, or null.</summary>
    /// <param name="value">The value.</param>
    public static string? Problem(string? value) =>
        string.IsNullOrEmpty(value) ? "An idempotency key is empty: send a UUID, one for each logical request."
        : value.Length > MaxLength ? $"An idempotency key has {value.Length} characters; the limit is {MaxLength}. Send a UUID."
        : value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "An idempotency key may have visible ASCII characters and spaces only. Send a UUID."
        : string.IsNullOrWhiteSpace(value) ? "An idempotency key consists of spaces only. Send a UUID."
        : null;

    /// <summary>A key for one call that the work makes to another system: the same in every attempt, and different for each name.</summary>
    /// <param name="call">The call's stable name.</param>
    /// <returns>32 hexadecimal characters.</returns>
    public string For(string call)
    {
        ArgumentException.ThrowIfNullOrEmpty(call);
        return Convert.ToHexStringLower(HashOf([Convert.ToHexStringLower(_hash), call]).AsSpan(0, 16));
    }

    /// <inheritdoc />
    public bool Equals(IdempotencyKey? other) => other is not null && _hash.AsSpan().SequenceEqual(other._hash);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as IdempotencyKey);

    /// <inheritdoc />
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(_hash);

    /// <summary>The operation and the hash's first half; never the value, which may be all that protects an answer.</summary>
    public override string ToString() => $"{Operation} {Convert.ToHexStringLower(_hash.AsSpan(0, 8))}";

    private static byte[] HashOf(ReadOnlySpan<string> parts)
    {
        var size = 0;
        foreach (var part in parts)
        {
            size += sizeof(int) + Encoding.UTF8.GetMaxByteCount(part.Length);
        }

        // Lengths go before the parts, so that no two different lists of parts are the same bytes.
        var bytes = size <= 1_024 ? stackalloc byte[size] : new byte[size];
        var end = 0;
        foreach (var part in parts)
        {
            var length = Encoding.UTF8.GetBytes(part, bytes[(end + sizeof(int))..]);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[end..], length);
            end += sizeof(int) + length;
        }

        return SHA256.HashData(bytes[..end]);
    }
}
