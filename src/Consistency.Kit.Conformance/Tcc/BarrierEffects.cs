using Consistency.Kit.Tcc;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>What each operation does to the account: one is frozen, then spent or given back.</summary>
internal static class BarrierEffects
{
    internal static BarrierAccount Of(BranchOperation operation) => operation switch
    {
        BranchOperation.Try => new(-1, 1, 0),
        BranchOperation.Confirm => new(0, -1, 1),
        _ => new(1, -1, 0),
    };
}
