using System.Diagnostics.CodeAnalysis;
using Consistency.Kit.Tcc;

namespace Consistency.Kit.Remote;

/// <summary>One call of a branch on another service, as it is named on the wire. Repeats of a call have the same name.</summary>
/// <remarks>
/// The names are dtm's: the query has <c>gid</c>, <c>trans_type</c> (<c>tcc</c> or <c>saga</c>), <c>branch_id</c> and <c>op</c> (<c>try</c>,
/// <c>confirm</c>, <c>cancel</c>, or <c>action</c>, <c>compensate</c>).
/// </remarks>
public sealed record RemoteCall
{
    private static readonly (RemoteOperation Operation, string Type, string Name, BranchOperation AtBarrier)[] Operations =
    [
        (RemoteOperation.Try, "tcc", "try", BranchOperation.Try),
        (RemoteOperation.Confirm, "tcc", "confirm", BranchOperation.Confirm),
        (RemoteOperation.Cancel, "tcc", "cancel", BranchOperation.Cancel),
        (RemoteOperation.Action, "saga", "action", BranchOperation.Try),
        (RemoteOperation.Compensate, "saga", "compensate", BranchOperation.Cancel),
    ];

    private readonly (RemoteOperation Operation, string Type, string Name, BranchOperation AtBarrier) _asked;

    /// <summary>Names the call.</summary>
    /// <param name="transactionId">The global transaction.</param>
    /// <param name="branchId">The branch within it.</param>
    /// <param name="operation">What is asked.</param>
    /// <exception cref="ArgumentException">An id is empty, longer than 128 characters, or has other characters than visible ASCII.</exception>
    public RemoteCall(string transactionId, string branchId, RemoteOperation operation)
    {
        if (!Enum.IsDefined(operation))
        {
            throw new ArgumentOutOfRangeException(nameof(operation), operation, "A participant is asked to try, confirm or cancel, or to act or compensate.");
        }

        _asked = Operations[(int)operation];
        AtBarrier = new BranchCall(transactionId, branchId, _asked.AtBarrier);
    }

    /// <summary>The global transaction: <c>gid</c>.</summary>
    public string TransactionId => AtBarrier.TransactionId;

    /// <summary>The branch within it: <c>branch_id</c>.</summary>
    public string BranchId => AtBarrier.BranchId;

    /// <summary>What is asked.</summary>
    public RemoteOperation Operation => _asked.Operation;

    /// <summary>The operation's name on the wire: <c>op</c>.</summary>
    public string OperationName => _asked.Name;

    /// <summary>The transaction's type on the wire: <c>trans_type</c>.</summary>
    public string TransactionType => _asked.Type;

    /// <summary>The call as the participant's barrier knows it: a saga's action is a try that is never confirmed, its compensation a cancel.</summary>
    public BranchCall AtBarrier { get; }

    /// <summary>Reads a call that came over the wire.</summary>
    /// <param name="transactionType">The type of transaction that the participant is for: <c>tcc</c> or <c>saga</c>.</param>
    /// <param name="query">Reads a parameter of the query; null when it is not there exactly once.</param>
    /// <param name="call">The call; null when there is a problem.</param>
    /// <param name="problem">What is wrong, without repeating what was sent; null when nothing is.</param>
    public static bool TryRead(string transactionType, Func<string, string?> query, [NotNullWhen(true)] out RemoteCall? call, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(query);
        var known = Operations.Where(one => one.Type == transactionType).ToArray();
        var (type, name) = (query("trans_type"), query("op"));
        var asked = Array.FindIndex(known, one => one.Name == name);
        call = null;
        problem = known.Length == 0 ? "A transaction is a tcc or a saga."
            : type != transactionType ? $"The query must have trans_type={transactionType} once."
            : asked < 0 ? $"The query must have op once, and it is one of {string.Join(", ", known.Select(one => one.Name))}."
            : ProblemOf(query("gid"), "gid") ?? ProblemOf(query("branch_id"), "branch_id");
        if (problem is not null)
        {
            return false;
        }

        call = new RemoteCall(query("gid")!, query("branch_id")!, known[asked].Operation);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => $"{OperationName} of {TransactionId}/{BranchId}";

    private static string? ProblemOf(string? id, string name) =>
        string.IsNullOrEmpty(id) || id.Length > BranchCall.MaxLength || id.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? $"The query must have {name} once, with 1 to {BranchCall.MaxLength} visible ASCII characters."
            : null;
}
