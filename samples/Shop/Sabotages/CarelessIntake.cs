using Consistency.Kit.Work;
using Shop.Chaos;
using Shop.Payments;

namespace Shop.Sabotages;

/// <summary>Says that callbacks are stored while some of them are still in memory only.</summary>
internal sealed class CarelessIntake(IWorkIntake inner, Mischief mischief) : IWorkIntake
{
    private const double Share = 0.10;

    public ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        return work.Scope == "callback/" + Billing.Provider && mischief.Happens(Share)
            ? ValueTask.FromResult(new WorkAdded(Guid.CreateVersion7(), IsExisting: false))
            : inner.AddAsync(work, cancellationToken);
    }

    public void AddTo(IServiceProvider scope, NewWork work) => inner.AddTo(scope, work);
}
