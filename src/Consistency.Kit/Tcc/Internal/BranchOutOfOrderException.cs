namespace Consistency.Kit.Tcc.Internal;

/// <summary>A call met a branch where it makes no sense. Trying again is useless: its coordinator is broken.</summary>
internal sealed class BranchOutOfOrderException(string message) : Exception(message);
