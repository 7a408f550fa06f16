using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Tcc.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc;

/// <summary>Passes calls through the barrier of one store, with typed results.</summary>
public sealed class BarrierEngine
{
    private readonly KitJson _json;
    private readonly ILogger _logger;

    internal BarrierEngine(BarrierStore store, KitJson json, ILogger logger)
    {
        Store = store;
        _json = json;
        _logger = logger;
    }

    /// <summary>The store.</summary>
    public BarrierStore Store { get; }

    /// <summary>How a type is written, from the contexts given with <c>kit.UseJson(…)</c>.</summary>
    /// <exception cref="InvalidOperationException">None of them knows the type.</exception>
    public JsonTypeInfo<T> JsonOf<T>() => _json.Of<T>();

    /// <summary>As <see cref="IBarrier.RunAsync"/>, for an effect without a result that is never refused.</summary>
    /// <param name="scope">The scope whose session (DbContext) the effect uses.</param>
    /// <param name="call">The call.</param>
    /// <param name="effect">What the call is for.</param>
    /// <param name="cancellationToken">Cancels beginning and the effect; never the commit.</param>
    public async Task<BranchOutcome<bool>> RunAsync(IServiceProvider scope, BranchCall call, Func<CancellationToken, Task> effect, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(effect);
        var outcome = await PassAsync(
            scope,
            call,
            async token =>
            {
                await effect(token).ConfigureAwait(false);
                return default(ReadOnlyMemory<byte>);
            },
            cancellationToken).ConfigureAwait(false);
        return Typed(outcome, static _ => true);
    }

    /// <summary>As <see cref="IBarrier.RunAsync"/>, with a result that is stored as JSON.</summary>
    /// <param name="scope">The scope whose session (DbContext) the effect uses.</param>
    /// <param name="call">The call.</param>
    /// <param name="effect">What the call is for.</param>
    /// <param name="cancellationToken">Cancels beginning and the effect; never the commit.</param>
    /// <exception cref="InvalidOperationException">No JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    public async Task<BranchOutcome<TResult>> RunAsync<TResult>(
        IServiceProvider scope,
        BranchCall call,
        Func<CancellationToken, Task<BranchResult<TResult>>> effect,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(effect);
        var json = _json.Of<TResult>();
        var outcome = await PassAsync(
            scope,
            call,
            async token =>
            {
                var made = await effect(token).ConfigureAwait(false);
                return made.Refusal is { } refusal
                    ? refusal
                    : new ReadOnlyMemory<byte>(JsonSerializer.SerializeToUtf8Bytes(made.Result, json));
            },
            cancellationToken).ConfigureAwait(false);
        return Typed(outcome, bytes => Read(bytes, json));
    }

    private static TResult Read<TResult>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<TResult> json) => bytes.IsEmpty ? default! : JsonSerializer.Deserialize(bytes.Span, json)!;

    private static BranchOutcome<TResult> Typed<TResult>(BranchOutcome<ReadOnlyMemory<byte>> outcome, Func<ReadOnlyMemory<byte>, TResult> read) => outcome switch
    {
        BranchOutcome<ReadOnlyMemory<byte>>.Done done => new BranchOutcome<TResult>.Done(read(done.Result)),
        BranchOutcome<ReadOnlyMemory<byte>>.Repeated repeated => new BranchOutcome<TResult>.Repeated(read(repeated.Result)),
        BranchOutcome<ReadOnlyMemory<byte>>.Empty => new BranchOutcome<TResult>.Empty(),
        BranchOutcome<ReadOnlyMemory<byte>>.Superseded => new BranchOutcome<TResult>.Superseded(),
        BranchOutcome<ReadOnlyMemory<byte>>.Refused refused => new BranchOutcome<TResult>.Refused(refused.Refusal),
        BranchOutcome<ReadOnlyMemory<byte>>.OutOfOrder order => new BranchOutcome<TResult>.OutOfOrder(order.Found),
        _ => throw new UnreachableException(),
    };

    private async ValueTask<BranchOutcome<ReadOnlyMemory<byte>>> PassAsync(
        IServiceProvider scope,
        BranchCall call,
        Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect,
        CancellationToken cancellationToken)
    {
        var outcome = await Store.Barrier.RunAsync(scope, call, effect, cancellationToken).ConfigureAwait(false);
        if (outcome is BranchOutcome<ReadOnlyMemory<byte>>.OutOfOrder { Found: var found })
        {
            TccLog.OutOfOrder(_logger, call.Operation, call.BranchId, call.TransactionId, found);
        }

        return outcome;
    }
}
