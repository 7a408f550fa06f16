using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Sagas;

/// <summary>Lets the steps of a saga call participants on other services.</summary>
/// <remarks>
/// Every attempt of a step makes the same call (<see cref="SagaContext{TInput}.RemoteCall"/>), and its undo the compensation of that call, so a
/// participant with a barrier takes each once, and refuses an action that comes after its compensation. The request must be the same each time.
/// </remarks>
public static class HttpParticipantSagaExtensions
{
    private const string StillRunning = "The participant is still at it.";

    private static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    /// <summary>Asks the participant to act, in the run of a step.</summary>
    /// <param name="participant">The participant.</param>
    /// <param name="context">The context of the step.</param>
    /// <param name="request">What it is asked for.</param>
    /// <param name="requestJson">How the request is written.</param>
    /// <param name="replyJson">How the reply is read.</param>
    /// <param name="cancellationToken">The token of the step.</param>
    /// <returns>What it replies, its refusal, or not yet: when it is at it, as long as it asks for, a second by default and 5 minutes at most.</returns>
    /// <exception cref="RemoteOutcomeUnknownException">Nobody knows whether it was done.</exception>
    /// <exception cref="InvalidOperationException">The step is being undone.</exception>
    public static async Task<StepOutcome<TReply>> ActAsync<TInput, TRequest, TReply>(
        this HttpParticipant participant,
        SagaContext<TInput> context,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        JsonTypeInfo<TReply> replyJson,
        CancellationToken cancellationToken)
        where TInput : notnull
        where TReply : notnull
    {
        ArgumentNullException.ThrowIfNull(participant);
        var call = ActionOf(context);
        return await participant.CallAsync(call, request, requestJson, replyJson, cancellationToken).ConfigureAwait(false) switch
        {
            RemoteAnswer<TReply>.Done { Reply: { } reply } => reply,
            RemoteAnswer<TReply>.Refused refused => refused.Refusal,
            RemoteAnswer<TReply>.Running running => StepOutcome<TReply>.NotYet(DelayOf(running.RetryAfter)),
            var answer => throw Unknown(call, (answer as RemoteAnswer<TReply>.Unknown)?.Reason),
        };
    }

    /// <summary>Asks the participant to act, in the run of a step without a result.</summary>
    /// <inheritdoc cref="ActAsync{TInput, TRequest, TReply}"/>
    public static async Task<StepOutcome> ActAsync<TInput, TRequest>(
        this HttpParticipant participant,
        SagaContext<TInput> context,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        CancellationToken cancellationToken)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(participant);
        ArgumentNullException.ThrowIfNull(requestJson);
        var call = ActionOf(context);
        return await participant.CallAsync(call, JsonSerializer.SerializeToUtf8Bytes(request, requestJson), cancellationToken).ConfigureAwait(false) switch
        {
            RemoteAnswer.Done => StepOutcome.Done,
            RemoteAnswer.Refused refused => refused.Refusal,
            RemoteAnswer.Running running => StepOutcome.NotYet(DelayOf(running.RetryAfter)),
            var answer => throw Unknown(call, (answer as RemoteAnswer.Unknown)?.Reason),
        };
    }

    /// <summary>Asks the participant for what it must not refuse: the action of a retriable step, or in an undo the compensation.</summary>
    /// <param name="participant">The participant.</param>
    /// <param name="context">The context of the step or of its undo.</param>
    /// <param name="request">What it is, or was, asked for.</param>
    /// <param name="requestJson">How the request is written.</param>
    /// <param name="replyJson">How the reply is read.</param>
    /// <param name="cancellationToken">The token of the step.</param>
    /// <exception cref="RemoteOutcomeUnknownException">Nobody knows whether it was done, it is still at it, or it refused: the saga calls again, by its policy.</exception>
    public static async Task<TReply> RequireAsync<TInput, TRequest, TReply>(
        this HttpParticipant participant,
        SagaContext<TInput> context,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        JsonTypeInfo<TReply> replyJson,
        CancellationToken cancellationToken)
        where TInput : notnull
        where TReply : notnull
    {
        ArgumentNullException.ThrowIfNull(participant);
        ArgumentNullException.ThrowIfNull(context);
        var call = context.RemoteCall;
        return await participant.CallAsync(call, request, requestJson, replyJson, cancellationToken).ConfigureAwait(false) switch
        {
            RemoteAnswer<TReply>.Done { Reply: { } reply } => reply,
            RemoteAnswer<TReply>.Refused refused => throw Unknown(call, Refused(refused.Refusal)),
            RemoteAnswer<TReply>.Running => throw Unknown(call, StillRunning),
            var answer => throw Unknown(call, (answer as RemoteAnswer<TReply>.Unknown)?.Reason),
        };
    }

    /// <summary>Asks the participant for what it must not refuse: the action of a retriable step without a result, or in an undo the compensation.</summary>
    /// <inheritdoc cref="RequireAsync{TInput, TRequest, TReply}"/>
    public static async Task RequireAsync<TInput, TRequest>(
        this HttpParticipant participant,
        SagaContext<TInput> context,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        CancellationToken cancellationToken)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(participant);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(requestJson);
        var call = context.RemoteCall;
        switch (await participant.CallAsync(call, JsonSerializer.SerializeToUtf8Bytes(request, requestJson), cancellationToken).ConfigureAwait(false))
        {
            case RemoteAnswer.Done:
                return;
            case RemoteAnswer.Refused refused:
                throw Unknown(call, Refused(refused.Refusal));
            case RemoteAnswer.Running:
                throw Unknown(call, StillRunning);
            case var answer:
                throw Unknown(call, (answer as RemoteAnswer.Unknown)?.Reason);
        }
    }

    private static RemoteCall ActionOf<TInput>(SagaContext<TInput> context)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RemoteCall.Operation == RemoteOperation.Action
            ? context.RemoteCall
            : throw new InvalidOperationException($"Step '{context.Step}' is being undone, which cannot be refused: call RequireAsync, which asks for the compensation.");
    }

    private static TimeSpan DelayOf(TimeSpan? asked) => asked is not { } delay ? UsualDelay : delay < LongestDelay ? delay : LongestDelay;

    private static string Refused(Refusal refusal) => $"The participant refused what it must not refuse ({refusal.Reason}).";

    private static RemoteOutcomeUnknownException Unknown(RemoteCall call, string? reason) => new(call, reason ?? "The reply is empty.");
}
