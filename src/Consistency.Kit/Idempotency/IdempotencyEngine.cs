using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Idempotency.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Idempotency;

/// <summary>Runs work once per key on one store.</summary>
public sealed class IdempotencyEngine
{
    /// <summary>When to look again at a request that runs in another's transaction, which does not say how long it will take.</summary>
    public static readonly TimeSpan BusyDelay = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(15);

    private readonly IdempotencyStore _store;
    private readonly IdempotencyOptions _options;
    private readonly KitJson _json;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal IdempotencyEngine(IdempotencyStore store, IdempotencyOptions options, KitJson json, TimeProvider time, ILogger logger)
    {
        _store = store;
        _options = options;
        _json = json;
        _time = time;
        _logger = logger;
    }

    /// <summary>The store.</summary>
    public IdempotencyStore Store => _store;

    /// <summary>How long keys and claims last.</summary>
    public IdempotencyOptions Options => _options;

    /// <summary>Runs work under a claim: begins an attempt, renews it while the work runs, stores its answer or lets the claim go.</summary>
    /// <param name="scope">The scope whose session (DbContext) the work uses, so that its saves depend on the claim; null when there is none.</param>
    /// <param name="key">The request.</param>
    /// <param name="fingerprint">What it asks for.</param>
    /// <param name="work">Runs the work and says what repeats are told. When it throws, the claim is let go and the exception passed on.</param>
    /// <param name="cancellationToken">Cancels beginning and the work; never the storing of an answer.</param>
    /// <returns><see cref="IdempotencyClaim.Started"/> when the work was run to its end; otherwise why it was not.</returns>
    /// <exception cref="AttemptLostException">Another attempt took over while the work ran.</exception>
    public async ValueTask<IdempotencyClaim> ExecuteAsync(
        IServiceProvider? scope,
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<IdempotentAttempt, CancellationToken, Task<AttemptEnd>> work,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(work);
        var claim = await _store.Claims.TryBeginAsync(
            new IdempotencyRequest { Key = key, Fingerprint = fingerprint, Lease = _options.Lease, Retention = _options.Retention },
            cancellationToken).ConfigureAwait(false);
        IdempotencyTelemetry.Claimed(_store.Name, key, claim);
        if (claim is IdempotencyClaim.Started started)
        {
            CrashPoint.At("idempotency.claimed");
            await RunAsync(scope, started, work, cancellationToken).ConfigureAwait(false);
        }

        return claim;
    }

    /// <summary>As <see cref="ExecuteAsync(IServiceProvider, IdempotencyKey, Fingerprint, Func{IdempotentAttempt, CancellationToken, Task{AttemptEnd}}, CancellationToken)"/>, for work with a typed result.</summary>
    /// <exception cref="InvalidOperationException">No JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    /// <exception cref="AttemptLostException">Another attempt took over while the work ran.</exception>
    public async Task<IdempotentResult<TResult>> ExecuteAsync<TResult>(
        IServiceProvider? scope,
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<IdempotentAttempt, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        var json = _json.Of<TResult>();
        var result = default(TResult)!;
        var claim = await ExecuteAsync(
            scope,
            key,
            fingerprint,
            async (attempt, token) =>
            {
                result = await work(attempt, token).ConfigureAwait(false);
                return new AttemptEnd(JsonSerializer.SerializeToUtf8Bytes(result, json));
            },
            cancellationToken).ConfigureAwait(false);
        return claim switch
        {
            IdempotencyClaim.Started => new IdempotentResult<TResult>.Executed(result),
            IdempotencyClaim.Replayed replayed => new IdempotentResult<TResult>.Replayed(Read(replayed.Answer, json)),
            IdempotencyClaim.InProgress running => new IdempotentResult<TResult>.InProgress(running.RetryAfter),
            IdempotencyClaim.Mismatched => new IdempotentResult<TResult>.Mismatched(),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Runs work in one transaction with its key: effect and result are there together, or neither is.</summary>
    /// <param name="scope">The scope whose session (DbContext) the work uses.</param>
    /// <param name="key">The request.</param>
    /// <param name="fingerprint">What it asks for.</param>
    /// <param name="work">Runs the work, once at most. When it throws, everything is rolled back and the exception passed on.</param>
    /// <param name="cancellationToken">Cancels beginning and the work; never the commit.</param>
    /// <exception cref="InvalidOperationException">The store cannot join a transaction, the work used one of its own, or no JSON context knows the type.</exception>
    public async Task<IdempotentResult<TResult>> ExecuteAtomicAsync<TResult>(
        IServiceProvider scope,
        IdempotencyKey key,
        Fingerprint fingerprint,
        Func<CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        var json = _json.Of<TResult>();
        var result = default(TResult)!;
        var outcome = await ExecuteAtomicAsync(
            scope,
            key,
            async (attempt, token) =>
            {
                result = await work(token).ConfigureAwait(false);
                await attempt.CommitAsync(fingerprint, JsonSerializer.SerializeToUtf8Bytes(result, json), _options.Retention, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        return outcome switch
        {
            AtomicOutcome.Ran => new IdempotentResult<TResult>.Executed(result),
            AtomicOutcome.Found found when !IsRepeat(key, fingerprint, found) => new IdempotentResult<TResult>.Mismatched(),
            AtomicOutcome.Found found => new IdempotentResult<TResult>.Replayed(Read(found.Answer, json)),
            AtomicOutcome.Busy => new IdempotentResult<TResult>.InProgress(BusyDelay),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>As <see cref="ExecuteAtomicAsync{TResult}"/>, for callers that write their own answer, or learn only from the work what was asked.</summary>
    /// <param name="scope">The scope whose session (DbContext) the work uses.</param>
    /// <param name="key">The request.</param>
    /// <param name="work">Run at most once. What it wrote is kept when it called <see cref="IAtomicAttempt.CommitAsync"/>.</param>
    /// <param name="cancellationToken">Cancels beginning and the work; never the commit.</param>
    /// <returns>What became of it. Whether an answer that was found is the answer to this request, <see cref="IsRepeat"/> says.</returns>
    /// <exception cref="InvalidOperationException">The store cannot join a transaction, or the work used one of its own.</exception>
    public async ValueTask<AtomicOutcome> ExecuteAtomicAsync(
        IServiceProvider scope,
        IdempotencyKey key,
        Func<IAtomicAttempt, CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        var atomic = _store.Atomic ?? throw new InvalidOperationException($"{_store.Name} cannot join the work's transaction: use a store on the work's own database.");
        var began = false;
        try
        {
            var outcome = await atomic.ExecuteAsync(
                scope,
                key,
                (attempt, token) =>
                {
                    began = true;
                    IdempotencyTelemetry.Ran(_store.Name, key);
                    return work(attempt, token);
                },
                cancellationToken).ConfigureAwait(false);
            if (outcome is AtomicOutcome.Busy)
            {
                IdempotencyTelemetry.InProgress(_store.Name, key);
            }
            else if (outcome is AtomicOutcome.Ran { Committed: false })
            {
                IdempotencyTelemetry.NotWanted(_store.Name);
            }

            return outcome;
        }
        catch when (began)
        {
            IdempotencyTelemetry.Failed(_store.Name, lost: false);
            throw;
        }
    }

    /// <summary>Whether what was found is the answer to this request; otherwise its key was used for another one. Counted: to be called once a request.</summary>
    /// <param name="key">The request.</param>
    /// <param name="fingerprint">What it asks for.</param>
    /// <param name="found">What was found under its key.</param>
    public bool IsRepeat(IdempotencyKey key, Fingerprint fingerprint, AtomicOutcome.Found found)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(found);
        if (found.Fingerprint != fingerprint)
        {
            IdempotencyTelemetry.Mismatched(_store.Name, key);
            return false;
        }

        IdempotencyTelemetry.Replayed(_store.Name, key);
        return true;
    }

    private static TResult Read<TResult>(StoredAnswer answer, JsonTypeInfo<TResult> json) => JsonSerializer.Deserialize(answer.Content.Span, json)!;

    private async Task RunAsync(
        IServiceProvider? scope,
        IdempotencyClaim.Started started,
        Func<IdempotentAttempt, CancellationToken, Task<AttemptEnd>> work,
        CancellationToken cancellationToken)
    {
        using var renewal = new LeaseKeeper(_store.Claims, started.Lease, _options.Lease, _time, _logger);
        var attempt = new IdempotentAttempt(_store.Claims, started.Lease, started.Points, _json, _options.MaxPointBytes, renewal.Lost);
        AttemptEnd end;
        try
        {
            using var fence = scope is null ? null : _store.Fence?.Attach(scope, attempt);
            end = await work(attempt, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            IdempotencyTelemetry.Failed(_store.Name, lost: exception is AttemptLostException || renewal.IsLost);
            await ReleaseAsync(started.Lease).ConfigureAwait(false);
            throw;
        }

        if (end.Answer is not { } answer)
        {
            IdempotencyTelemetry.NotWanted(_store.Name);
            await ReleaseAsync(started.Lease).ConfigureAwait(false);
            return;
        }

        CrashPoint.At("idempotency.answering");
        if (!await CompleteAsync(started.Lease, answer).ConfigureAwait(false))
        {
            IdempotencyTelemetry.Failed(_store.Name, lost: true);
            throw new AttemptLostException(started.Lease.Key);
        }

        CrashPoint.At("idempotency.answered");
    }

    private async ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer)
    {
        // The effects are there: the answer is worth more than one try, but no longer than the lease is sure to last.
        var retry = new RetryPolicy { MaxAttempts = 4 };
        using var timeout = new CancellationTokenSource(EndTimeout, _time);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await _store.Claims.CompleteAsync(lease, answer, timeout.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!timeout.IsCancellationRequested && !retry.IsExhausted(tries, exception))
            {
                IdempotencyLog.CompleteFailed(_logger, lease.Key.Operation, _store.Name, exception);
                await Task.Delay(retry.DelayAfter(tries), _time, timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch
            {
                IdempotencyTelemetry.StoreFailed(_store.Name);
                throw;
            }
        }
    }

    private async Task ReleaseAsync(AttemptLease lease)
    {
        using var timeout = new CancellationTokenSource(EndTimeout, _time);
        try
        {
            await _store.Claims.ReleaseAsync(lease, timeout.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The lease ends by itself; the work's own outcome matters more than this failure.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            IdempotencyLog.ReleaseFailed(_logger, lease.Key.Operation, _store.Name, exception);
        }
    }
}
