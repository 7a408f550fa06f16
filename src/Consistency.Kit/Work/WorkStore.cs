namespace Consistency.Kit.Work;

/// <summary>One store of durable work, split by who reads it.</summary>
public sealed class WorkStore
{
    /// <summary>The type by which the application names the store: the DbContext; null for the one in memory.</summary>
    public Type? Key { get; init; }

    /// <summary>The name in logs and telemetry.</summary>
    public required string Name { get; init; }

    /// <summary>Takes new work in.</summary>
    public required IWorkIntake Intake { get; init; }

    /// <summary>Divides due work among instances.</summary>
    public required IWorkClaims Claims { get; init; }

    /// <summary>Writes what claimed work has reached.</summary>
    public required IWorkProgress Progress { get; init; }

    /// <summary>What workers tell each other.</summary>
    public required IWorkRegistry Registry { get; init; }

    /// <summary>Decisions from outside.</summary>
    public required IWorkInterventions Interventions { get; init; }

    /// <summary>Reads work back.</summary>
    public required IWorkReader Reader { get; init; }

    /// <summary>What work waits for.</summary>
    public required IWorkSignals Signals { get; init; }

    /// <summary>Collects what ended long ago.</summary>
    public required IWorkExpiry Expiry { get; init; }

    /// <summary>Whether work outlives the process, and other processes see it.</summary>
    public required bool IsDurable { get; init; }

    /// <summary>Whether <see cref="WorkCommit.WithEffect"/> makes effect and progress one transaction.</summary>
    public required bool JoinsTransactions { get; init; }

    /// <summary>The engine of this process; null while none runs.</summary>
    public IWorkHandOver? Engine { get; set; }

    /// <summary>Adds work in a transaction of its own, and tells the engine of this process.</summary>
    /// <param name="work">What is to be done.</param>
    /// <param name="cancellationToken">Cancels the call; the work may be there or not.</param>
    /// <exception cref="WorkKeyReusedException">The key is taken by work with another input, and <see cref="WorkDuplicate.RequireSameInput"/> was asked for.</exception>
    public async ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken)
    {
        var added = await Intake.AddAsync(work, cancellationToken).ConfigureAwait(false);
        if (work.Owner is null)
        {
            Engine?.Wake();
        }

        return added;
    }

    /// <summary>Sends a signal, and tells the engine of this process.</summary>
    /// <param name="id">The work.</param>
    /// <param name="signal">The signal. Of several with one name the first counts.</param>
    /// <param name="cancellationToken">Cancels the call; the signal may be stored or not, and may be sent again.</param>
    public async ValueTask<WorkSignalled> SignalAsync(Guid id, WorkSignal signal, CancellationToken cancellationToken)
    {
        var signalled = await Signals.SignalAsync(id, signal, cancellationToken).ConfigureAwait(false);
        Engine?.Wake();
        return signalled;
    }
}
