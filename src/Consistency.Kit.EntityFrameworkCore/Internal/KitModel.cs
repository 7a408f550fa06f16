using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.EntityFrameworkCore.States.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.EntityFrameworkCore.Tcc.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>All tables of the kit.</summary>
internal static class KitModel
{
    internal static readonly IReadOnlyList<(Type Type, Func<DbContext, CancellationToken, Task> ReadAsync)> Probes =
        [.. MessagingModel.Probes, KitTable.Probe<IdempotencyRow>(), KitTable.Probe<BarrierRow>(), .. WorkModel.Probes, .. StockModel.Probes, .. StateModel.Probes, .. PaymentModel.Probes];

    internal static void AddTo(ModelBuilder model, string? schema)
    {
        MessagingModel.AddTo(model, schema);
        IdempotencyModel.AddTo(model, schema);
        BarrierModel.AddTo(model, schema);
        WorkModel.AddTo(model, schema);
        StockModel.AddTo(model, schema);
        StateModel.AddTo(model, schema);
        PaymentModel.AddTo(model, schema);
    }
}
