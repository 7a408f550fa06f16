using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Remote;
using Consistency.Kit.Sagas.Internal;
using Consistency.Kit.Tcc;

namespace Consistency.Kit.Sagas;

/// <summary>What one attempt of a step, an undo or a check is told.</summary>
/// <typeparam name="TInput">What the saga was started with.</typeparam>
public sealed class SagaContext<TInput>
    where TInput : notnull
{
    private readonly SagaProgress _progress;
    private readonly ISagaCodec _codec;
    private readonly SagaIdentity _saga;
    private readonly RemoteOperation _operation;

    internal SagaContext(SagaIdentity saga, TInput input, SagaCall call, SagaProgress progress, ISagaCodec codec)
    {
        SagaId = saga.Id;
        Input = input;
        Step = call.Step;
        Attempt = call.Attempt;
        _saga = saga;
        _operation = call.Kind == SagaCallKind.Undo ? RemoteOperation.Compensate : RemoteOperation.Action;
        IdempotencyKey = $"{saga.Name}/{saga.Id}/{call.Step}/{(call.Kind == SagaCallKind.Undo ? "undo" : "do")}";
        StartedAt = progress.StartedAt;
        Reason = progress.Reason;
        _progress = progress;
        _codec = codec;
    }

    /// <summary>The id that the saga was started under.</summary>
    public string SagaId { get; }

    /// <summary>What the saga was started with.</summary>
    public TInput Input { get; }

    /// <summary>The name of the step.</summary>
    public string Step { get; }

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>
    /// The same text for every attempt of this step, and another one for its undo: hand it to the other system, so that it can tell a repeat.
    /// A check has the key of the step it asks about.
    /// </summary>
    public string IdempotencyKey { get; }

    /// <summary>
    /// The call that a participant on another service gets, the same for every attempt: an action, or its compensation when the step is undone.
    /// Its transaction id is the saga's name and id, the latter as a hash where it does not fit the wire.
    /// </summary>
    public RemoteCall RemoteCall => new(TransactionIdOf(_saga), Step, _operation);

    /// <summary>When the saga was started.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Why the saga turned back; null while it goes forward.</summary>
    public string? Reason { get; }

    /// <summary>The result of an earlier step.</summary>
    /// <param name="key">The step.</param>
    /// <exception cref="InvalidOperationException">The step is not done: it comes later, runs beside this one, or was skipped by an operator.</exception>
    public TResult ResultOf<TResult>(StepKey<TResult> key)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        var step = _progress.Find(key.Name) ?? throw new ArgumentException($"The saga has no step '{key.Name}'.", nameof(key));
        return step.HasResult
            ? _codec.Decode<TResult>(step.Result)
            : throw new InvalidOperationException($"Step '{key.Name}' has no result that '{Step}' could read: {(step.Phase == StepPhase.Skipped ? "an operator skipped it" : "it is not done")}. Only steps of earlier stages have results.");
    }

    /// <summary>What a signal brought that an earlier stage waited for.</summary>
    /// <param name="key">The signal.</param>
    /// <exception cref="InvalidOperationException">It has not come, or was skipped by an operator.</exception>
    public TPayload SignalOf<TPayload>(SignalKey<TPayload> key)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        var step = _progress.Find(key.Name) ?? throw new ArgumentException($"The saga does not wait for '{key.Name}'.", nameof(key));
        return step.HasResult
            ? _codec.Decode<TPayload>(step.Result)
            : throw new InvalidOperationException($"Signal '{key.Name}' has not come when '{Step}' asks for it.");
    }

    private static string TransactionIdOf(SagaIdentity saga)
    {
        var id = saga.ToString();
        return id.Length <= BranchCall.MaxLength && !id.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? id
            : $"{saga.Name}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(saga.Id)).AsSpan(0, 16))}";
    }
}
