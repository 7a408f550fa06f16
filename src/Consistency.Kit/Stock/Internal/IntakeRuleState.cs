namespace Consistency.Kit.Stock.Internal;

/// <summary>A rule and how it stands. Looked at by one task.</summary>
internal sealed class IntakeRuleState(IntakeRule rule, DateTimeOffset since)
{
    private const double EaseBelow = 0.8;
    private const int CalmLooks = 3;

    private volatile IntakeReading _reading = new(rule.Name, IntakeState.Open, null, since);
    private int _calm;

    internal IntakeRule Rule => rule;

    internal IntakeReading Reading => _reading;

    /// <summary>Takes a value in.</summary>
    /// <returns>How the rule stood before.</returns>
    internal IntakeState Look(double value, DateTimeOffset now)
    {
        var before = _reading.State;
        var state = Next(before, value);
        _reading = new IntakeReading(rule.Name, state, value, state == before ? _reading.Since : now);
        return before;
    }

    private IntakeState Next(IntakeState state, double value)
    {
        var wanted = At(value, 1);
        if (wanted >= state)
        {
            _calm = 0;
            return wanted;
        }

        var eased = At(value, EaseBelow);
        _calm = eased < state ? _calm + 1 : 0;
        if (_calm < CalmLooks)
        {
            return state;
        }

        _calm = 0;
        return eased;
    }

    private IntakeState At(double value, double share) =>
        value >= rule.RefuseAt * share ? IntakeState.Refused
        : rule.SlowAt is { } slow && value >= slow * share ? IntakeState.Slowed
        : IntakeState.Open;
}
