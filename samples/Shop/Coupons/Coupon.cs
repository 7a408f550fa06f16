namespace Shop.Coupons;

/// <summary>The one coupon that each customer has.</summary>
internal sealed class Coupon
{
    public int Customer { get; init; }

    /// <summary>The order that holds it while it is not decided.</summary>
    public Guid? HeldFor { get; set; }

    public Guid? UsedFor { get; set; }
}
