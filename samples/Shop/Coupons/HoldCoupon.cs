namespace Shop.Coupons;

internal sealed record HoldCoupon(int Customer, Guid Order);
