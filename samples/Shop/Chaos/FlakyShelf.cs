using Shop.Stocks;

namespace Shop.Chaos;

/// <summary>A shelf that sometimes fails, before it takes or after it took.</summary>
internal sealed class FlakyShelf(IShelf shelf, Mischief mischief, Tally tally) : IShelf
{
    private const double Share = 0.02;

    public async Task<bool> TryTakeAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken)
    {
        Fail(Fact.FailuresBefore);
        var taken = await shelf.TryTakeAsync(db, order, product, quantity, cancellationToken);
        Fail(Fact.FailuresAfter);
        return taken;
    }

    public async Task PutBackAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken)
    {
        Fail(Fact.FailuresBefore);
        await shelf.PutBackAsync(db, order, product, quantity, cancellationToken);
        Fail(Fact.FailuresAfter);
    }

    private void Fail(Fact fact)
    {
        if (mischief.Happens(Share))
        {
            tally.Count(fact);
            throw new InjectedFailureException(fact == Fact.FailuresBefore ? "before the shelf was touched" : "after the shelf was touched");
        }
    }
}
