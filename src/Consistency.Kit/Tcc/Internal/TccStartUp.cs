using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Finds at start-up what the first transaction would stumble over.</summary>
internal sealed class TccStartUp(TccBuilder builder, TccCatalog catalog, WorkStores stores, KitJson json) : IWorkStartUp
{
    public IEnumerable<string> Check()
    {
        foreach (var problem in builder.Options.Validate().Concat(catalog.Problems))
        {
            yield return problem;
        }

        if (catalog.AskedByMessage is { } asked)
        {
            if (builder.ReplyTopic is null)
            {
                yield return $"Branch '{asked}' is asked by message and cannot reply: name a topic of this service's own with tcc.RepliesTo(topic).";
            }

            if (stores.Find(builder.StoreKey, "What TCCs are kept in", []) is { JoinsTransactions: false } store)
            {
                yield return $"Branch '{asked}' is asked by message, and {store.Name} joins no transaction with an outbox: keep TCCs with kit.UseEntityFrameworkCore<YourDbContext>().";
            }
        }

        foreach (var branch in builder.Branches)
        {
            if (Problem(branch) is { } problem)
            {
                yield return problem;
            }
        }
    }

    public Task<bool> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    private string? Problem(TccBranchRegistration branch)
    {
        try
        {
            branch.CheckJson(json);
            return null;
        }
        catch (InvalidOperationException unknown)
        {
            return $"Branch '{branch.Name}': {unknown.Message}";
        }
    }
}
