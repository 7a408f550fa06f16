using System.Text.Json.Serialization;
using Consistency.Kit.Sagas;
using Consistency.Kit.Testing.Sagas.Internal;

namespace Consistency.Kit.Testing.Sagas;

/// <summary>Says what befalls a saga, and runs it to its end.</summary>
/// <remarks>Faults of one step come in the order in which they are given; when they are used up its attempts go well.</remarks>
public sealed class SagaTest<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private const int MaxRuns = 10_000;

    private readonly TSaga _saga;
    private readonly SagaDefinition _definition;
    private readonly Dictionary<(string Step, SagaCallKind Kind), Queue<SagaFault>> _faults = [];
    private readonly Dictionary<string, Func<SagaRehearsal<TSaga, TInput>, ReadOnlyMemory<byte>>> _signals = new(StringComparer.Ordinal);
    private JsonSerializerContext? _json;

    internal SagaTest(TSaga saga)
    {
        _saga = saga;
        _definition = SagaDefinition.Of<TSaga, TInput>();
    }

    /// <summary>Writes input and results as the application does, so that a type that is missing in the context is found.</summary>
    /// <param name="context">The context given to <c>kit.UseJson(…)</c>.</param>
    public SagaTest<TSaga, TInput> UseJson(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _json = context;
        return this;
    }

    /// <summary>Refuses a step; it is not run.</summary>
    public SagaTest<TSaga, TInput> Refuse<TResult>(StepKey<TResult> key)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Run, SagaFault.Refuse, 1);

    /// <summary>Refuses a step; it is not run.</summary>
    public SagaTest<TSaga, TInput> Refuse(StepKey key) => Fault(key.Name, SagaCallKind.Run, SagaFault.Refuse, 1);

    /// <summary>Lets a step run and its reply get lost: it was done, and nobody knows.</summary>
    public SagaTest<TSaga, TInput> LoseReply<TResult>(StepKey<TResult> key, int times = 1)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Run, SagaFault.LoseReply, times);

    /// <summary>Lets a step run and its reply get lost: it was done, and nobody knows.</summary>
    public SagaTest<TSaga, TInput> LoseReply(StepKey key, int times = 1) => Fault(key.Name, SagaCallKind.Run, SagaFault.LoseReply, times);

    /// <summary>Lets the request get lost: it was not done, and nobody knows.</summary>
    public SagaTest<TSaga, TInput> LoseRequest<TResult>(StepKey<TResult> key, int times = 1)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Run, SagaFault.LoseRequest, times);

    /// <summary>Lets the request get lost: it was not done, and nobody knows.</summary>
    public SagaTest<TSaga, TInput> LoseRequest(StepKey key, int times = 1) => Fault(key.Name, SagaCallKind.Run, SagaFault.LoseRequest, times);

    /// <summary>Ends the process before a step runs; another one goes on.</summary>
    public SagaTest<TSaga, TInput> CrashBefore<TResult>(StepKey<TResult> key)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Run, SagaFault.CrashBefore, 1);

    /// <summary>Ends the process before a step runs; another one goes on.</summary>
    public SagaTest<TSaga, TInput> CrashBefore(StepKey key) => Fault(key.Name, SagaCallKind.Run, SagaFault.CrashBefore, 1);

    /// <summary>Ends the process after a step ran, before that is noted; another one goes on.</summary>
    public SagaTest<TSaga, TInput> CrashAfter<TResult>(StepKey<TResult> key)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Run, SagaFault.CrashAfter, 1);

    /// <summary>Ends the process after a step ran, before that is noted; another one goes on.</summary>
    public SagaTest<TSaga, TInput> CrashAfter(StepKey key) => Fault(key.Name, SagaCallKind.Run, SagaFault.CrashAfter, 1);

    /// <summary>Lets the undo of a step run and its reply get lost.</summary>
    public SagaTest<TSaga, TInput> LoseUndoReply<TResult>(StepKey<TResult> key, int times = 1)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Undo, SagaFault.LoseReply, times);

    /// <summary>Lets the undo of a step run and its reply get lost.</summary>
    public SagaTest<TSaga, TInput> LoseUndoReply(StepKey key, int times = 1) => Fault(key.Name, SagaCallKind.Undo, SagaFault.LoseReply, times);

    /// <summary>Ends the process after the undo of a step ran, before that is noted; another one goes on.</summary>
    public SagaTest<TSaga, TInput> CrashAfterUndo<TResult>(StepKey<TResult> key)
        where TResult : notnull => Fault(key.Name, SagaCallKind.Undo, SagaFault.CrashAfter, 1);

    /// <summary>Ends the process after the undo of a step ran, before that is noted; another one goes on.</summary>
    public SagaTest<TSaga, TInput> CrashAfterUndo(StepKey key) => Fault(key.Name, SagaCallKind.Undo, SagaFault.CrashAfter, 1);

    /// <summary>Sends a signal as soon as the saga waits for it. Without it the wait runs out.</summary>
    /// <param name="key">The signal.</param>
    /// <param name="payload">What it brings.</param>
    public SagaTest<TSaga, TInput> Signal<TPayload>(SignalKey<TPayload> key, TPayload payload)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(payload);
        Known(key.Name);
        _signals[key.Name] = rehearsal => rehearsal.Encode(payload);
        return this;
    }

    /// <summary>Runs the saga until it has ended or is parked. Waits take no time.</summary>
    /// <param name="input">What it is started with.</param>
    /// <param name="id">What it is started under.</param>
    /// <param name="cancellationToken">Cancels the steps, for a test that has a limit of time.</param>
    /// <exception cref="InvalidOperationException">A fault was asked for that did not come about, or the saga does not come to an end.</exception>
    public async Task<SagaTestResult> RunAsync(TInput input, string id = "test", CancellationToken cancellationToken = default)
    {
        var rehearsal = new SagaRehearsal<TSaga, TInput>(_saga, _json);
        var clock = new JumpingClock();
        var startedAt = clock.GetUtcNow();
        var journal = new MemoryJournal(_signals.ToDictionary(signal => signal.Key, signal => signal.Value(rehearsal), StringComparer.Ordinal));
        var calls = new List<SagaCall>();
        var faults = _faults.ToDictionary(fault => fault.Key, fault => new Queue<SagaFault>(fault.Value));
        var crashes = 0;
        for (var run = 0; run < MaxRuns; run++)
        {
            var driver = rehearsal.Drive(id, input, startedAt, journal.Open(), clock, Befall);
            switch (await driver.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                case SagaRest.Crashed:
                    crashes++;
                    break;
                case SagaRest.Sleeping { Signal: { } signal } when _signals.ContainsKey(signal):
                    break;
                case SagaRest.Sleeping sleeping:
                    clock.JumpTo(sleeping.Until);
                    break;
                default:
                    return Result(driver.Progress, calls, journal, crashes, faults);
            }
        }

        throw new InvalidOperationException($"Saga '{_definition.Name}' was driven {MaxRuns} times and did not come to an end. It did: {string.Join(", ", calls.Take(20))} …");

        SagaFault Befall(SagaCall call)
        {
            lock (calls)
            {
                calls.Add(call);
                return faults.TryGetValue((call.Step, call.Kind), out var left) && left.TryDequeue(out var fault) ? fault : SagaFault.None;
            }
        }
    }

    private static SagaTestResult Result(
        SagaProgress progress,
        List<SagaCall> calls,
        MemoryJournal journal,
        int crashes,
        Dictionary<(string Step, SagaCallKind Kind), Queue<SagaFault>> faults)
    {
        var left = faults.Where(fault => fault.Value.Count > 0).Select(fault => $"{fault.Value.Peek()} of '{fault.Key.Step}' ({fault.Key.Kind})").ToList();
        return left.Count == 0
            ? new SagaTestResult(progress, [.. calls], journal.Events, crashes)
            : throw new InvalidOperationException($"These faults did not come about, because the saga did not come there: {string.Join(", ", left)}.");
    }

    private void Known(string step)
    {
        if (!_definition.Steps.Contains(step))
        {
            throw new ArgumentException($"Saga '{_definition.Name}' has no '{step}'; it has {string.Join(", ", _definition.Steps)}.", nameof(step));
        }
    }

    private SagaTest<TSaga, TInput> Fault(string step, SagaCallKind kind, SagaFault fault, int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        Known(step);
        if (!_faults.TryGetValue((step, kind), out var faults))
        {
            _faults.Add((step, kind), faults = new Queue<SagaFault>());
        }

        for (var time = 0; time < times; time++)
        {
            faults.Enqueue(fault);
        }

        return this;
    }
}
