using Consistency.Kit.States;

namespace Consistency.Kit.Conformance.States;

/// <summary>One empty store of the backend under test, used by two instances of the application, with probes that change their state. The suite disposes it after each fact.</summary>
public abstract class StatesFixture : IAsyncDisposable
{
    /// <summary>Adds a probe that is open.</summary>
    public abstract Task<Guid> AddAsync(CancellationToken cancellationToken);

    /// <summary>Moves a probe, in a session of its own.</summary>
    /// <param name="instance">Which instance of the application does it: 0 or 1.</param>
    /// <param name="id">The probe.</param>
    /// <param name="target">Where it is to go.</param>
    /// <param name="cause">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract Task<StateMove<ProbeState>> MoveAsync(int instance, Guid id, ProbeState target, StateCause cause, CancellationToken cancellationToken);

    /// <summary>Moves a probe to where a word of <see cref="StateProbe.System"/> says.</summary>
    public abstract Task<StateMove<ProbeState>> MoveByWordAsync(Guid id, string word, StateCause cause, CancellationToken cancellationToken);

    /// <summary>Changes a probe's state past the kit.</summary>
    public abstract Task ChangeByHandAsync(Guid id, ProbeState state, CancellationToken cancellationToken);

    /// <summary>A probe's state, as committed.</summary>
    public abstract Task<ProbeState> ReadAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>A probe's moves.</summary>
    public abstract Task<IReadOnlyList<StateHistoryEntry>> HistoryAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>How many messages tell of the probe's moves.</summary>
    public abstract Task<int> CountMessagesAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>How many refused moves and unknown words are recorded of a probe.</summary>
    public abstract Task<int> CountRefusalsAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Finds states without an explanation.</summary>
    public abstract Task<IReadOnlyList<StateGhost>> FindGhostsAsync(CancellationToken cancellationToken);

    /// <summary>Finds probes of which <see cref="StateProbe.System"/> says something else.</summary>
    public abstract Task<IReadOnlyList<StateGhost>> CompareAsync(IReadOnlyDictionary<string, string> words, CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
