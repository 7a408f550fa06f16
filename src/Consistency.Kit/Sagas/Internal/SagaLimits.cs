using System.Collections.Concurrent;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Counts the attempts of limited steps that run in this process, over all sagas.</summary>
internal sealed class SagaLimits
{
    private readonly ConcurrentDictionary<(string Saga, string Step), SemaphoreSlim> _free = new();

    /// <summary>Waits for its turn. Dispose what is returned when the attempt is over.</summary>
    internal async ValueTask<IDisposable?> EnterAsync(string saga, PlannedStep step, CancellationToken cancellationToken)
    {
        if (step.Limit is not { } limit)
        {
            return null;
        }

        var free = _free.GetOrAdd((saga, step.Name), static (_, count) => new SemaphoreSlim(count), limit);
        await free.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(free);
    }

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
