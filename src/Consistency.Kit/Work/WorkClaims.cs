namespace Consistency.Kit.Work;

/// <summary>What a look for due work found.</summary>
/// <param name="Claimed">The work that is the caller's now; of each type the earliest due.</param>
/// <param name="DueLimitedTypes">Which of the limited types have work that is due.</param>
public sealed record WorkClaims(IReadOnlyList<ClaimedWork> Claimed, IReadOnlyList<string> DueLimitedTypes);
