namespace Consistency.Kit.Conformance.Tcc;

/// <summary>What an account holds.</summary>
/// <param name="Available">May be reserved.</param>
/// <param name="Frozen">Is reserved.</param>
/// <param name="Spent">Is gone for good.</param>
public readonly record struct BarrierAccount(int Available, int Frozen, int Spent);
