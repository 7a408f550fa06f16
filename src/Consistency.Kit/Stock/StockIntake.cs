using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>What the intake rules let through now: for a health check, a page, or the code that decides whether to show a button.</summary>
public sealed class StockIntake
{
    private readonly IntakeRuleState[] _rules;
    private volatile IntakeRuleState? _strictest;
    private long _asked;

    internal StockIntake(IEnumerable<IntakeRule> rules, TimeProvider time) =>
        _rules = [.. rules.Select(rule => new IntakeRuleState(rule, time.GetUtcNow()))];

    /// <summary>What all rules together let through.</summary>
    public IntakeState State => _strictest?.Reading.State ?? IntakeState.Open;

    /// <summary>How each rule stands, in the order in which they were added.</summary>
    public IReadOnlyList<IntakeReading> Readings => [.. _rules.Select(rule => rule.Reading)];

    internal IReadOnlyList<IntakeRuleState> Rules => _rules;

    /// <summary>Called when a rule has been looked at.</summary>
    internal void Decide() => _strictest = _rules.Where(rule => rule.Reading.State != IntakeState.Open)
        .OrderByDescending(rule => rule.Reading.State).ThenByDescending(rule => rule.Rule.AdmitOneIn).FirstOrDefault();

    /// <returns>Null when the request is let in; else the rule that refuses it.</returns>
    internal string? FindRefusal()
    {
        if (_strictest is not { } rule)
        {
            return null;
        }

        return rule.Reading.State == IntakeState.Slowed && Interlocked.Increment(ref _asked) % rule.Rule.AdmitOneIn == 0 ? null : rule.Rule.Name;
    }
}
