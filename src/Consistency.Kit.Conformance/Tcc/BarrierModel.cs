using Consistency.Kit.Tcc;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>What a barrier promises, in memory: every backend has to agree with it call by call.</summary>
/// <param name="twin">What is broken in it on purpose.</param>
public sealed class BarrierModel(BarrierTwin twin = BarrierTwin.None)
{
    private readonly Dictionary<int, BranchState> _states = [];

    /// <summary>What the account holds; it begins with 100 available.</summary>
    public BarrierAccount Account { get; private set; } = new(100, 0, 0);

    /// <summary>Where a branch stands.</summary>
    /// <param name="branch">The branch.</param>
    public BranchState StateOf(int branch) => _states.GetValueOrDefault(branch);

    /// <summary>Makes a call.</summary>
    /// <returns>How a backend has to answer: the outcome's name, or <c>dies</c>.</returns>
    public string Run(BarrierStep step)
    {
        var state = StateOf(step.Branch);
        if (twin == BarrierTwin.CollectsEarly && state is BranchState.Confirmed or BranchState.Cancelled)
        {
            state = BranchState.None;
        }

        var (outcome, next, change) = Judge(step.Operation, state);
        if (step.Dies && outcome == "Done")
        {
            return "dies";
        }

        if (next is { } moved)
        {
            _states[step.Branch] = moved;
        }

        Account = new(Account.Available + change.Available, Account.Frozen + change.Frozen, Account.Spent + change.Spent);
        return outcome;
    }

    private (string Outcome, BranchState? Next, BarrierAccount Change) Judge(BranchOperation operation, BranchState state) => (operation, state) switch
    {
        (BranchOperation.Try, BranchState.None) => ("Done", BranchState.Tried, BarrierEffects.Of(operation)),
        (BranchOperation.Try, BranchState.Cancelled) => twin == BarrierTwin.LetsLateTriesIn
            ? ("Done", BranchState.Tried, BarrierEffects.Of(operation))
            : ("Superseded", null, default),
        (BranchOperation.Try, _) => ("Repeated", null, default),
        (BranchOperation.Confirm, BranchState.Tried) => ("Done", BranchState.Confirmed, BarrierEffects.Of(operation)),
        (BranchOperation.Confirm, BranchState.Confirmed) => ("Repeated", null, default),
        (BranchOperation.Cancel, BranchState.None) => ("Empty", twin == BarrierTwin.ForgetsEmptyCancels ? null : BranchState.Cancelled, default),
        (BranchOperation.Cancel, BranchState.Tried) => ("Done", BranchState.Cancelled, BarrierEffects.Of(operation)),
        (BranchOperation.Cancel, BranchState.Cancelled) => ("Repeated", null, default),
        _ => ("OutOfOrder", null, default),
    };
}
