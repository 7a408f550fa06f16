using System.Diagnostics.CodeAnalysis;
using Consistency.Kit.Tcc.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tcc;

/// <summary>Collects the branches of this application that coordinators of other services ask by message.</summary>
public sealed class TccBranchesBuilder
{
    internal TccBranchesBuilder()
    {
    }

    internal List<AnsweredBranch> Branches { get; } = [];

    /// <summary>Adds a branch. A call's effect, the barrier's row, the inbox's claim and the reply are one commit.</summary>
    /// <param name="branch">The branch, under the name that the coordinator gives it.</param>
    /// <typeparam name="TDbContext">The DbContext whose barrier and inbox the calls pass, and that the branch changes.</typeparam>
    /// <typeparam name="TBranch">The branch; made for each call from the handler's scope.</typeparam>
    /// <typeparam name="TRequest">What it is asked for; known to a JSON context given with <c>kit.UseJson(…)</c>.</typeparam>
    /// <typeparam name="TReply">What a try says; known to a JSON context too.</typeparam>
    /// <exception cref="ArgumentException">A branch of this name was added before.</exception>
    public TccBranchesBuilder Add<
        TDbContext,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TBranch,
        TRequest,
        TReply>(TccBranch<TRequest, TReply> branch)
        where TDbContext : class
        where TBranch : class, ITccBranch<TRequest, TReply>
    {
        ArgumentNullException.ThrowIfNull(branch);
        if (Branches.Exists(known => known.Name == branch.Name))
        {
            throw new ArgumentException($"Two branches are named '{branch}': give each Add(…) of kit.AddTccBranches(…) a name of its own.", nameof(branch));
        }

        var runner = new BranchRunner<TRequest, TReply>(typeof(TDbContext), static scope => ActivatorUtilities.GetServiceOrCreateInstance<TBranch>(scope));
        Branches.Add(new AnsweredBranch(branch.Name, typeof(TDbContext), runner.RunAsync, static json =>
        {
            json.Of<TRequest>();
            json.Of<TReply>();
        }));
        return this;
    }
}
