namespace Consistency.Kit.Work;

/// <summary>Is told when work was parked. Register implementations as services; all of them are called.</summary>
public interface IWorkAlert
{
    /// <summary>Somebody has to decide about this work.</summary>
    /// <param name="work">The work as it was parked.</param>
    /// <param name="cancellationToken">Cancels the call when the application stops.</param>
    /// <remarks>Called after the commit, at most once for each parking: a crash in between loses the call, not the parked work. What it throws is logged.</remarks>
    ValueTask ParkedAsync(WorkSnapshot work, CancellationToken cancellationToken);
}
