namespace Consistency.Kit.Work.Internal;

/// <summary>The application's stores of durable work, found by the DbContext that names them.</summary>
internal sealed class WorkStores(IEnumerable<WorkStore> stores)
{
    private readonly List<WorkStore> _stores = [.. stores];

    internal IReadOnlyList<WorkStore> All => _stores;

    /// <summary>The store of that name, or the only one; otherwise adds what is wrong.</summary>
    internal WorkStore? Find(Type? key, string what, List<string> problems)
    {
        if (key is not null)
        {
            var named = _stores.Find(store => store.Key == key);
            if (named is null)
            {
                problems.Add($"{what} names the store {key.Name}, which is not registered: add kit.UseEntityFrameworkCore<{key.Name}>().");
            }

            return named;
        }

        if (_stores.Count == 0)
        {
            problems.Add($"{what} has no durable store: add kit.UseEntityFrameworkCore<YourDbContext>() to AddConsistencyKit, or kit.UseMemoryWork() where work may be lost with the process.");
        }
        else if (_stores.Count > 1)
        {
            problems.Add($"{what} could be kept in {string.Join(" or ", _stores.Select(store => store.Name))}: say which with .In<{_stores[0].Key?.Name}>().");
        }

        return _stores.Count == 1 ? _stores[0] : null;
    }

    internal WorkStore Of(Type? key, string what)
    {
        var problems = new List<string>();
        return Find(key, what, problems) ?? throw new ConsistencyConfigurationException(problems);
    }
}
