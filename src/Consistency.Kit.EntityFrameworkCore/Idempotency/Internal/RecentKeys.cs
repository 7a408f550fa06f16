using System.Buffers.Binary;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Remembers which keys were answered lately, as far as there is room; wrong at times, in either direction.</summary>
/// <remarks>Picks the order of round trips and nothing else.</remarks>
internal sealed class RecentKeys
{
    private const int Size = 1 << 14;

    // A key's hash is even enough: some of its bits choose the place, others are kept there.
    private readonly long[] _seen = new long[Size];

    internal void Add(IdempotencyKey key) => Volatile.Write(ref Place(key), Mark(key));

    internal bool Contains(IdempotencyKey key) => Volatile.Read(ref Place(key)) == Mark(key);

    private ref long Place(IdempotencyKey key) => ref _seen[BinaryPrimitives.ReadInt32LittleEndian(key.Hash.Span[16..]) & (Size - 1)];

    private static long Mark(IdempotencyKey key) => BinaryPrimitives.ReadInt64LittleEndian(key.Hash.Span[8..]);
}
