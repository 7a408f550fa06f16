using System.Globalization;
using System.Runtime.ExceptionServices;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Redis.Internal;
using Consistency.Kit.Tcc;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Outcome = Consistency.Kit.Tcc.BranchOutcome<System.ReadOnlyMemory<byte>>;

namespace Consistency.Kit.Redis.Tcc;

/// <summary>Moves a branch's row and changes amounts in one script: the effect only says which, and so may run for a call that does nothing.</summary>
/// <remarks>
/// As durable as the server: what it forgets in a crash or a failover is unknown again. A row that was only tried never expires; one that is
/// over expires after the retention.
/// </remarks>
internal sealed class RedisBarrier(RedisConnection redis, BarrierOptions options) : IBarrier, IBarrierExpiry
{
    private static readonly RedisScript Pass = RedisScript.Load("barrier-pass.lua");

    private readonly string _prefix = redis.Options.KeyPrefix + "barrier:";

    public async ValueTask<Outcome> RunAsync(
        IServiceProvider scope,
        BranchCall branchCall,
        Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(branchCall);
        ArgumentNullException.ThrowIfNull(effect);
        var effects = scope.GetRequiredService<RedisEffects>();
        effects.Clear();
        try
        {
            return await PassAsync(effects, branchCall, effect, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            effects.Clear();
        }
    }

    /// <summary>Rows expire by themselves.</summary>
    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken) => ValueTask.FromResult(0);

    /// <summary>Rows expire by themselves.</summary>
    public ValueTask<int> ForgetAsync(string transactionId, CancellationToken cancellationToken) => ValueTask.FromResult(0);

    private async Task<Outcome> PassAsync(RedisEffects effects, BranchCall call, Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect, CancellationToken cancellationToken)
    {
        BranchResult<ReadOnlyMemory<byte>> made = default;
        ExceptionDispatchInfo? thrown = null;
        try
        {
            made = await effect(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Thrown again below, unless the call is one that runs no effect.
        catch (Exception exception) when (effects.Changes.Count > 0)
#pragma warning restore CA1031
        {
            thrown = ExceptionDispatchInfo.Capture(exception);
        }

        if (effects.Changes.Count == 0)
        {
            throw new InvalidOperationException($"The effect of {call} names no key: call RedisEffects.Adjust(key, 0) where it changes nothing, so that the branch's row is found.");
        }

        CrashPoint.At("barrier.committing");
        var (outcome, detail) = await EvaluateAsync(effects, call, thrown is not null ? "look" : made.Refusal is not null ? "refuse" : "run", made.Result, cancellationToken).ConfigureAwait(false);
        CrashPoint.At("barrier.committed");
        switch (outcome)
        {
            case "done":
                return new Outcome.Done(made.Result);
            case "repeated":
                return new Outcome.Repeated((byte[]?)detail ?? []);
            case "empty":
                return new Outcome.Empty();
            case "superseded":
                return new Outcome.Superseded();
            case "order":
                return new Outcome.OutOfOrder((BranchState)int.Parse((string)detail!, CultureInfo.InvariantCulture));
            case "would":
                thrown!.Throw();
                break;
        }

        var refusal = outcome == "refused" ? made.Refusal! : Short(effects.Changes[int.Parse((string)detail!, CultureInfo.InvariantCulture) - 1]);
        return call.Operation == BranchOperation.Try
            ? new Outcome.Refused(refusal)
            : throw new InvalidOperationException($"{call} was refused: {refusal.Reason} Only a try may be refused; what was reserved can always be confirmed or cancelled.");
    }

    private async Task<(string Outcome, RedisValue Detail)> EvaluateAsync(RedisEffects effects, BranchCall call, string mode, ReadOnlyMemory<byte> result, CancellationToken cancellationToken)
    {
        var keys = new RedisKey[effects.Changes.Count + 1];
        var arguments = new RedisValue[4 + (2 * effects.Changes.Count)];

        // A space is in no id: no two branches have the same row.
        keys[0] = $"{_prefix}{{{RedisEffects.TagOf(effects.Changes[0].Key)}}} {call.TransactionId} {call.BranchId} {call.Place}";
        (arguments[0], arguments[1], arguments[2], arguments[3]) = ((int)call.Operation, mode, Math.Max(1, (long)options.Retention.TotalMilliseconds), result.ToArray());
        for (var i = 0; i < effects.Changes.Count; i++)
        {
            var (key, amount, floor) = effects.Changes[i];
            keys[i + 1] = key;
            arguments[4 + (2 * i)] = amount;
            arguments[5 + (2 * i)] = floor is { } least ? least : RedisValue.EmptyString;
        }

        var answer = (RedisResult[])(await redis.EvaluateAsync(Pass, keys, arguments, cancellationToken).ConfigureAwait(false))!;
        return ((string)answer[0]!, (RedisValue)answer[1]);
    }

    private static Refusal Short((string Key, long Amount, long? Floor) change) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{change.Key}' would fall below {change.Floor} by {-change.Amount} less."));
}
