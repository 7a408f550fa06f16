namespace Consistency.Kit.Work;

/// <summary>What a check of an archive found.</summary>
/// <param name="Lines">How many lines from the beginning are whole.</param>
/// <param name="FirstBroken">The number of the first line that is not, from 1; null when all are.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="LastHash">The hash of the last whole line, to compare with one that was kept elsewhere.</param>
public sealed record WorkArchiveVerdict(long Lines, long? FirstBroken, string? Problem, string LastHash)
{
    /// <summary>Whether every line is as it was written.</summary>
    public bool IsWhole => FirstBroken is null;
}
