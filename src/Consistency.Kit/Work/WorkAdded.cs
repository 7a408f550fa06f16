namespace Consistency.Kit.Work;

/// <summary>What became of new work.</summary>
/// <param name="Id">The work that counts: the new one, or the one that had the key.</param>
/// <param name="IsExisting">Whether the key was taken and nothing was added.</param>
public readonly record struct WorkAdded(Guid Id, bool IsExisting);
