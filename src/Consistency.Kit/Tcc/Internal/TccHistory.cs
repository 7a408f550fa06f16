using System.Text;
using Consistency.Kit.Work;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A transaction in the history of its work. The names and forms are stored.</summary>
internal sealed class TccHistory
{
    internal const string Scope = "tcc";

    private const string Registered = "branch";
    private const string Confirming = "confirming";
    private const string Cancelling = "cancelling";
    private const string Questioned = "branch-asked";
    private const string Ended = "branch-ended";

    /// <summary>The branches, in the order in which they were written down.</summary>
    internal List<TccBranchEntry> Branches { get; } = [];

    /// <summary>Whether it is decided to confirm; null while nothing is decided.</summary>
    internal bool? Confirms { get; private set; }

    /// <summary>Why it is decided to cancel.</summary>
    internal string? Reason { get; private set; }

    /// <summary>The ids of the branches that have answered the decision.</summary>
    internal HashSet<string> Over { get; } = new(StringComparer.Ordinal);

    /// <summary>When branches were last asked by message for the decision's sake, by their ids.</summary>
    internal Dictionary<string, DateTimeOffset> Asked { get; } = new(StringComparer.Ordinal);

    internal static TccHistory Read(IEnumerable<WorkEvent> lines)
    {
        var history = new TccHistory();
        foreach (var line in lines)
        {
            switch (line.Name)
            {
                case Registered:
                    var end = line.Detail.Span.IndexOf((byte)'\n');
                    history.Branches.Add(new TccBranchEntry(line.Step!, Encoding.ASCII.GetString(line.Detail.Span[..end]), line.Detail[(end + 1)..]));
                    break;
                case Confirming:
                    history.Confirms ??= true;
                    break;
                case Cancelling:
                    history.Reason ??= history.Confirms is null ? Encoding.UTF8.GetString(line.Detail.Span) : null;
                    history.Confirms ??= false;
                    break;
                case Questioned:
                    history.Asked[line.Step!] = line.At;
                    break;
                case Ended:
                    history.Over.Add(line.Step!);
                    break;
                default:
                    break;
            }
        }

        return history;
    }

    internal static WorkEvent Register(TccBranchEntry branch)
    {
        var detail = new byte[branch.Name.Length + 1 + branch.Request.Length];
        var end = Encoding.ASCII.GetBytes(branch.Name, detail);
        detail[end] = (byte)'\n';
        branch.Request.Span.CopyTo(detail.AsSpan(end + 1));
        return new WorkEvent { Name = Registered, Step = branch.Id, Detail = detail };
    }

    internal static WorkEvent Decide(bool confirms, string? reason) => confirms
        ? new WorkEvent { Name = Confirming }
        : new WorkEvent { Name = Cancelling, Detail = Encoding.UTF8.GetBytes(reason!) };

    internal static WorkEvent Ask(string branchId) => new() { Name = Questioned, Step = branchId };

    internal static WorkEvent End(string branchId) => new() { Name = Ended, Step = branchId };

    internal void Decided(bool confirms, string? reason) => (Confirms, Reason) = (confirms, reason);
}
