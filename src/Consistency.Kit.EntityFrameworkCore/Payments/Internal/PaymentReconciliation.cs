using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>What <c>p.Reconcile</c> was told.</summary>
internal sealed record PaymentReconciliation(string Provider, Func<IServiceProvider, IPaymentStatements> Create, TimeOnly At, PaymentReconciliationOptions Options);
