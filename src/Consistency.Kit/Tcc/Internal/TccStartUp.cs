using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Finds at start-up what the first transaction would stumble over.</summary>
internal sealed class TccStartUp(TccBuilder builder, TccCatalog catalog, KitJson json) : IWorkStartUp
{
    public IEnumerable<string> Check()
    {
        foreach (var problem in builder.Options.Validate().Concat(catalog.Problems))
        {
            yield return problem;
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
