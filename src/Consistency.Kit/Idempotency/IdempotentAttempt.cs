using Consistency.Kit.Idempotency.Internal;

namespace Consistency.Kit.Idempotency;

/// <summary>One attempt at a request whose work calls other systems: what earlier attempts reached, and a place to say what this one has.</summary>
/// <remarks>
/// A recovery point is the name of something that is done, with its result. An attempt that follows a crash sees the points that were
/// saved and goes on behind them. Not thread-safe.
/// </remarks>
public sealed class IdempotentAttempt
{
    private readonly IIdempotencyClaims _claims;
    private readonly KitJson _json;
    private readonly int _maxPointBytes;
    private readonly RecoveryPoints _points;

    internal IdempotentAttempt(IIdempotencyClaims claims, AttemptLease lease, ReadOnlyMemory<byte> points, KitJson json, int maxPointBytes, CancellationToken lost)
    {
        _claims = claims;
        _json = json;
        _maxPointBytes = maxPointBytes;
        _points = new RecoveryPoints(points);
        Lease = lease;
        Lost = lost;
    }

    /// <summary>The request.</summary>
    public IdempotencyKey Key => Lease.Key;

    /// <summary>1 for the first attempt. A higher number says that an earlier one ended without an answer; what it did behind its last point is unknown.</summary>
    public long Number => Lease.Number;

    /// <summary>Cancelled when another attempt has taken over: nothing that this one writes counts any more.</summary>
    public CancellationToken Lost { get; }

    /// <summary>The claim, for stores.</summary>
    public AttemptLease Lease { get; }

    /// <summary>All points, encoded, as a store keeps them.</summary>
    public ReadOnlyMemory<byte> Points => _points.Encoded;

    /// <summary>Runs something once: when the point was reached before, its result is returned and nothing is run; otherwise it is run, and its result saved before this returns.</summary>
    /// <param name="point">The point's stable name within the request.</param>
    /// <param name="work">Calls the other system. After a crash between the call and the save it is run again: give the call <c>Key.For(point)</c> as its own idempotency key.</param>
    /// <param name="cancellationToken">Cancels the work; not the save of its result.</param>
    /// <exception cref="AttemptLostException">Another attempt has taken over.</exception>
    public async Task<TResult> OnceAsync<TResult>(string point, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (TryGet<TResult>(point, out var reached))
        {
            return reached;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Lost);
        var result = await work(either.Token).ConfigureAwait(false);
        await SaveAsync(point, result, CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    /// <summary>Looks for a point.</summary>
    /// <param name="point">The point's name.</param>
    /// <param name="result">What was stored with it.</param>
    /// <returns>Whether this attempt or an earlier one reached it.</returns>
    public bool TryGet<TResult>(string point, out TResult result)
    {
        ArgumentException.ThrowIfNullOrEmpty(point);
        var found = _points.TryGet(point, _json.Of<TResult>(), out var stored);
        result = stored!;
        return found;
    }

    /// <summary>Adds a point that becomes durable with the next <c>SaveChanges</c> of the work's DbContext, in its transaction, or with the next point that is saved.</summary>
    /// <param name="point">The point's name.</param>
    /// <param name="result">What a later attempt needs of it.</param>
    public void Reach<TResult>(string point, TResult result)
    {
        ArgumentException.ThrowIfNullOrEmpty(point);
        _points.Set(point, result, _json.Of<TResult>(), _maxPointBytes);
    }

    /// <summary>Adds a point and makes it durable now.</summary>
    /// <param name="point">The point's name.</param>
    /// <param name="result">What a later attempt needs of it.</param>
    /// <param name="cancellationToken">Cancels the call; the point may be saved or not.</param>
    /// <exception cref="AttemptLostException">Another attempt has taken over.</exception>
    public async ValueTask SaveAsync<TResult>(string point, TResult result, CancellationToken cancellationToken)
    {
        Reach(point, result);
        if (!await _claims.SavePointsAsync(Lease, Points, cancellationToken).ConfigureAwait(false))
        {
            throw new AttemptLostException(Key);
        }
    }
}
