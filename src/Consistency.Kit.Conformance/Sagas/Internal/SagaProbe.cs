using System.Collections.Concurrent;
using Consistency.Kit.Sagas;

namespace Consistency.Kit.Conformance.Sagas.Internal;

/// <summary>Stands for every participant: notes each call, answers as the fact says, leaves an effect in the step's session.</summary>
internal sealed class SagaProbe(SagaStoreFixture fixture)
{
    private readonly ConcurrentDictionary<string, Func<int, string?>> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _calls = new();

    /// <summary>What was called, as step/do, step/undo and step/check.</summary>
    internal IReadOnlyList<string> Calls => [.. _calls];

    internal TaskCompletionSource? Gate { get; set; }

    /// <summary>Says what a call does at its n-th attempt: null to go well, a text to refuse, or throw.</summary>
    internal SagaProbe On(string call, Func<int, string?> script)
    {
        _scripts[call] = script;
        return this;
    }

    internal SagaProbe Fail(string call, int times = int.MaxValue) => On(call, attempt => attempt <= times ? throw new TimeoutException("no answer") : null);

    internal SagaProbe Refuse(string call) => On(call, _ => "no");

    internal void Heal(string call) => _scripts.TryRemove(call, out _);

    internal async Task<string?> CallAsync(string call, SagaContext<ProbeInput> context, IServiceProvider scope, CancellationToken cancellationToken)
    {
        _calls.Enqueue(call);
        fixture.AddEffect(scope, $"{context.SagaId}/{call}");
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellationToken);
        }

        return _scripts.TryGetValue(call, out var script) ? script(context.Attempt) : null;
    }
}
