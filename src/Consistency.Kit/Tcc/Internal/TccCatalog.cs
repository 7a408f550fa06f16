namespace Consistency.Kit.Tcc.Internal;

/// <summary>The branches that this instance can call.</summary>
internal sealed class TccCatalog
{
    private readonly Dictionary<string, (TccBranchRegistration Registration, TccParticipant? Participant)> _branches = new(StringComparer.Ordinal);

    internal TccCatalog(IReadOnlyList<TccBranchRegistration> branches, IServiceProvider services)
    {
        foreach (var branch in branches)
        {
            if (!_branches.TryAdd(branch.Name, (branch, branch.Create?.Invoke(services))))
            {
                Problems.Add($"Two branches are named '{branch.Name}': give each tcc.AddBranch(…) a name of its own.");
            }
            else if (branch.Create is null)
            {
                Problems.Add($"Nobody said where branch '{branch.Name}' is: call branch.Local<YourDbContext, YourBranch>(), branch.Http(address) or branch.Message(topic) in its tcc.AddBranch(…).");
            }
        }

        Problems.AddRange(_branches.Values.SelectMany(branch => branch.Participant?.Check() ?? []));
    }

    internal List<string> Problems { get; } = [];

    /// <summary>The name of a branch that is asked by message; null when there is none.</summary>
    internal string? AskedByMessage => _branches.Values.FirstOrDefault(branch => branch.Participant is MessageTccParticipant).Participant?.Name;

    internal TccParticipant Of<TRequest, TReply>(TccBranch<TRequest, TReply> branch) =>
        _branches.TryGetValue(branch.Name, out var known) && known.Registration.Request == typeof(TRequest) && known.Registration.Reply == typeof(TReply)
            ? known.Participant!
            : throw new InvalidOperationException($"The branch '{branch}' of {typeof(TRequest).Name} is not registered: add kit.AddTcc(tcc => tcc.AddBranch(…)) with it.");

    /// <summary>Null when this instance does not know the branch; another may.</summary>
    internal TccParticipant? Find(string name) => _branches.GetValueOrDefault(name).Participant;
}
