namespace Consistency.Kit.Work;

/// <summary>Work that has ended, with all that is known of it.</summary>
/// <param name="Work">The work.</param>
/// <param name="History">Its events, oldest first.</param>
public sealed record EndedWork(WorkSnapshot Work, IReadOnlyList<WorkEvent> History);
