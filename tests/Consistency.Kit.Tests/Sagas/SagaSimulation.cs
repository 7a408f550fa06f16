using Consistency.Kit.Sagas;
using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Tests.Sagas;

/// <summary>
/// Drives random sagas with the machine, as the driver does, against participants that lose requests and replies, while processes die
/// between any two things they do. Checks each promise at each call, and the end against the script.
/// </summary>
internal sealed class SagaSimulation
{
    private readonly Random _random;
    private readonly SagaMistake _mistake;
    private readonly Script _script;
    private readonly Participants _world;
    private readonly List<SagaEvent> _journal = [];
    private readonly Dictionary<string, SagaProgress> _inFlight = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SagaCall> _calls = new(StringComparer.Ordinal);
    private SagaProgress _progress;
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch.AddYears(50);
    private int _crashesLeft;
    private bool _isMute;

    private SagaSimulation(int seed, SagaMistake mistake)
    {
#pragma warning disable CA5394 // Repeatable by its seed.
        _random = new Random(seed);
#pragma warning restore CA5394
        _mistake = mistake;
        _script = new Script(_random);
        _world = new Participants(_script, _random);
        _progress = new SagaProgress(_script.Plan, _now);
        _crashesLeft = _random.Next(6);
    }

    /// <summary>Runs one saga to its end.</summary>
    /// <returns>The first promise that was broken; null when all were kept.</returns>
    internal static string? Run(int seed, SagaMistake mistake = SagaMistake.None)
    {
        var simulation = new SagaSimulation(seed, mistake);
        try
        {
            simulation.Run();
            return null;
        }
        catch (BrokenPromiseException broken)
        {
            return $"seed {seed}: {broken.Message}{Environment.NewLine}{string.Join(Environment.NewLine, simulation._journal)}";
        }
    }

    private void Run()
    {
        for (var round = 0; round < 2_000; round++)
        {
            if (_progress.End is not null || _progress.IsParked)
            {
                Check();
                return;
            }

            try
            {
                Advance();
            }
            catch (CrashException)
            {
                Restart();
            }
        }

        throw new BrokenPromiseException("the saga did not come to an end");
    }

    private void Advance()
    {
        var decision = _isMute ? new SagaDecision() : SagaMachine.Decide(_progress, _calls.Keys, _now);
        if (!_isMute)
        {
            Append(decision.Facts);
        }

        foreach (var call in decision.Calls)
        {
            _world.Expect(call, _journal, _mistake);
            _calls[call.Step] = call;
            _inFlight[call.Step] = _progress.Clone();
        }

        MayDie();
        if (_calls.Count > 0 && (decision.WakeAt is null || _random.Next(4) > 0))
        {
            Finish(_calls.ElementAt(_random.Next(_calls.Count)).Value);
            return;
        }

        if (decision.AwaitedSignal is { } signal && !_script[signal].FailsForEver)
        {
            Append([new SagaEvent(SagaEventKind.SignalReceived, _now) { Step = signal, Payload = default(ReadOnlyMemory<byte>) }]);
        }
        else if (decision.WakeAt is { } wakeAt)
        {
            _now = wakeAt > _now ? wakeAt : _now;
        }
        else if (decision is { Facts.Count: 0, Calls.Count: 0 } && _calls.Count == 0)
        {
            throw new BrokenPromiseException("nobody moves on");
        }
    }

    private void Finish(SagaCall call)
    {
        var step = _progress.Find(call.Step)!;
        var before = _inFlight[call.Step];
        var (outcome, commit) = _world.Try(call, _now);
        MayDie();
        if (!step.Plan.IsAtomic)
        {
            commit();
            MayDie();
            commit = static () => { };
        }

        Note(call, outcome, before, commit);
        MayDie();
    }

    private void Note(SagaCall call, SagaEvent outcome, SagaProgress before, Action commit)
    {
        var isLate = _progress.Direction == SagaDirection.Backward && outcome.Kind == SagaEventKind.StepDone;
        _calls.Remove(call.Step);
        _inFlight.Remove(call.Step);
        if (isLate && _mistake == SagaMistake.IgnoresLateOutcomes)
        {
            commit();
            return;
        }

        var wasAlone = _calls.Count == 0;
        Append([outcome], commit);
        if (_mistake == SagaMistake.LosesTheJoin)
        {
            // Each branch counts with what it read when it began: the last two see each other unfinished.
            before.Apply(outcome);
            _isMute = wasAlone && SagaMachine.Decide(before, before.Steps.Where(step => step.Phase == StepPhase.Unknown || (step.Stage == before.Find(call.Step)!.Stage && !step.IsOver && step.Name != call.Step)).Select(step => step.Name).ToList(), _now) is { Facts.Count: 0, Calls.Count: 0, WakeAt: null }
                && before.Steps.Any(step => step.Stage == before.Find(call.Step)!.Stage && step.Name != call.Step && !step.IsOver);
        }
    }

    private void Append(List<SagaEvent> events, Action? commit = null)
    {
        if (events.Count == 0)
        {
            return;
        }

        MayDie();
        commit?.Invoke();
        foreach (var happened in events)
        {
            _progress.Apply(happened);
            var isForgotten = _mistake switch
            {
                SagaMistake.ForgetsTheDirection => happened.Kind is SagaEventKind.Turned or SagaEventKind.StepRefused,
                SagaMistake.ForgetsWhatItStarted => happened.Kind == SagaEventKind.StepStarted,
                _ => false,
            };
            if (!isForgotten)
            {
                _journal.Add(happened);
            }
        }

        MayDie();
    }

    private void MayDie()
    {
        if (_crashesLeft > 0 && _random.Next(12) == 0)
        {
            _crashesLeft--;
            throw new CrashException();
        }
    }

    /// <summary>Another process knows the journal, and what is still on its way to the participants arrives or does not.</summary>
    private void Restart()
    {
        foreach (var call in _calls.Values.Where(call => !_progress.Find(call.Step)!.Plan.IsAtomic && _random.Next(2) == 0))
        {
            _world.Try(call, _now).Commit();
        }

        _calls.Clear();
        _inFlight.Clear();
        _isMute = false;
        _progress = new SagaProgress(_script.Plan, _progress.StartedAt);
        _journal.ForEach(_progress.Apply);
    }

    private void Check()
    {
        var rest = _progress.End switch { SagaEnd.Completed => Script.Rest.Completed, SagaEnd.Undone => Script.Rest.Undone, _ => Script.Rest.Parked };
        Participants.Require(_script.Expected.Contains(rest), $"it came to rest {rest}, and {string.Join(" or ", _script.Expected)} was expected");
        _world.Check(rest);
    }

    private sealed class CrashException : Exception;
}

internal sealed class BrokenPromiseException(string message) : Exception(message);
