using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Finds at start-up what the first command would stumble over.</summary>
internal sealed class AnsweredBranchesStartUp(AnsweredBranches branches, BarrierEngines engines, KitJson json) : IWorkStartUp
{
    public IEnumerable<string> Check() => branches.All.Select(Problem).OfType<string>();

    public Task<bool> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(true);

    private string? Problem(AnsweredBranch branch)
    {
        if (!engines.Has(branch.Store))
        {
            return $"Branch '{branch.Name}' works in {branch.Store.Name}: add kit.UseEntityFrameworkCore<{branch.Store.Name}>().";
        }

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
