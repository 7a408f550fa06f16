using Consistency.Kit;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Shop.Coupons;

/// <summary>Holds a customer's coupon, then uses it or lets it go. It is used once, whatever the customer orders at the same time.</summary>
internal sealed class CouponBranch(ShopDb db) : ITccBranch<HoldCoupon, bool>
{
    internal static readonly TccBranch<HoldCoupon, bool> Coupon = new("coupon");

    public async Task<BranchResult<bool>> TryAsync(HoldCoupon request, BranchCall branchCall, CancellationToken cancellationToken) =>
        await db.Coupons.Where(coupon => coupon.Customer == request.Customer && coupon.HeldFor == null && coupon.UsedFor == null)
            .ExecuteUpdateAsync(set => set.SetProperty(coupon => coupon.HeldFor, request.Order), cancellationToken) > 0
            ? true
            : new Refusal("the coupon was used");

    public Task ConfirmAsync(HoldCoupon request, BranchCall branchCall, CancellationToken cancellationToken) =>
        HeldBy(request).ExecuteUpdateAsync(
            set => set.SetProperty(coupon => coupon.HeldFor, (Guid?)null).SetProperty(coupon => coupon.UsedFor, request.Order),
            cancellationToken);

    public Task CancelAsync(HoldCoupon request, BranchCall branchCall, CancellationToken cancellationToken) =>
        HeldBy(request).ExecuteUpdateAsync(set => set.SetProperty(coupon => coupon.HeldFor, (Guid?)null), cancellationToken);

    private IQueryable<Coupon> HeldBy(HoldCoupon request) => db.Coupons.Where(coupon => coupon.Customer == request.Customer && coupon.HeldFor == request.Order);
}
