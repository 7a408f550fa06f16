namespace Consistency.Kit.Payments;

/// <summary>Where a refund stands at the provider. The numbers are stored.</summary>
public enum RefundStatus
{
    /// <summary>Asked for, or at work.</summary>
    Pending = 0,

    /// <summary>The money is on its way back.</summary>
    Done = 1,

    /// <summary>The provider will not do it: a person has to.</summary>
    Refused = 2,
}
