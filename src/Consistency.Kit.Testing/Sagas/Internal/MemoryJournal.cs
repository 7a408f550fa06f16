using Consistency.Kit.Sagas;

namespace Consistency.Kit.Testing.Sagas.Internal;

/// <summary>Keeps what was noted while the drivers come and go.</summary>
internal sealed class MemoryJournal(Dictionary<string, ReadOnlyMemory<byte>> signals)
{
    private readonly Lock _gate = new();
    private readonly List<SagaEvent> _events = [];
    private Session? _open;

    private Dictionary<string, ReadOnlyMemory<byte>> Signals { get; } = signals;

    internal IReadOnlyList<SagaEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Only the last one that was opened may write: a process that has ended writes nothing.</summary>
    internal ISagaJournal Open()
    {
        lock (_gate)
        {
            return _open = new Session(this);
        }
    }

    private sealed class Session(MemoryJournal journal) : ISagaJournal
    {
        public Task<IReadOnlyList<SagaEvent>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(journal.Events);

        public Task AppendAsync(SagaEntry entry, CancellationToken cancellationToken)
        {
            lock (journal._gate)
            {
                if (journal._open != this)
                {
                    throw new InvalidOperationException("A process that has ended tried to write.");
                }

                journal._events.AddRange(entry.Events);
            }

            return Task.CompletedTask;
        }

        public async Task ExecuteAsync(bool inOneCommit, Func<IServiceProvider?, CancellationToken, Task<SagaEntry>> effect, CancellationToken cancellationToken) =>
            await AppendAsync(await effect(null, cancellationToken).ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);

        public Task<ReadOnlyMemory<byte>?> FindSignalAsync(string name, CancellationToken cancellationToken) =>
            Task.FromResult(journal.Signals.TryGetValue(name, out var payload) ? payload : (ReadOnlyMemory<byte>?)null);
    }
}
