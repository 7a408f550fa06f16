using Consistency.Kit.Tcc;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>One thing that happens to a participant.</summary>
/// <param name="Branch">The branch, from 0.</param>
/// <param name="Operation">What it is asked.</param>
/// <param name="Dies">Whether the participant dies after the effect and before the commit.</param>
public readonly record struct BarrierStep(int Branch, BranchOperation Operation, bool Dies)
{
    /// <summary>All steps of one branch.</summary>
    /// <param name="branch">The branch.</param>
    public static IEnumerable<BarrierStep> Of(int branch) =>
        from operation in Enum.GetValues<BranchOperation>()
        from dies in (bool[])[false, true]
        select new BarrierStep(branch, operation, dies);

    /// <summary>For example <c>try0! cancel0</c>.</summary>
    public override string ToString() => $"{(Operation switch { BranchOperation.Try => "try", BranchOperation.Confirm => "confirm", _ => "cancel" })}{Branch}{(Dies ? "!" : "")}";
}
