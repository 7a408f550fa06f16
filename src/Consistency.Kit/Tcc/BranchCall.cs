namespace Consistency.Kit.Tcc;

/// <summary>One call of a branch, as its coordinator names it. Repeats of a call have the same name.</summary>
public sealed record BranchCall
{
    /// <summary>The longest transaction id, branch id and place, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>Names the call.</summary>
    /// <param name="transactionId">The global transaction.</param>
    /// <param name="branchId">The branch within it.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="place">Tells the barriers of one branch apart when it has several, each with its try, confirm and cancel.</param>
    /// <exception cref="ArgumentException">A part is empty, longer than 128 characters, or has other characters than visible ASCII.</exception>
    public BranchCall(string transactionId, string branchId, BranchOperation operation, string place = "01")
    {
        TransactionId = Checked(transactionId, nameof(transactionId));
        BranchId = Checked(branchId, nameof(branchId));
        Place = Checked(place, nameof(place));
        Operation = Enum.IsDefined(operation) ? operation : throw new ArgumentOutOfRangeException(nameof(operation), operation, "A branch is asked to try, confirm or cancel.");
    }

    /// <summary>The global transaction.</summary>
    public string TransactionId { get; }

    /// <summary>The branch within it.</summary>
    public string BranchId { get; }

    /// <summary>What is asked.</summary>
    public BranchOperation Operation { get; }

    /// <summary>Which barrier of the branch.</summary>
    public string Place { get; }

    /// <inheritdoc />
    public override string ToString() => $"{Operation} of {TransactionId}/{BranchId}/{Place}";

    private static string Checked(string value, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        return value.Length > MaxLength ? throw new ArgumentException($"The {name} has {value.Length} characters; the limit is {MaxLength}.", name)
            : value.AsSpan().ContainsAnyExceptInRange('!', '~') ? throw new ArgumentException($"The {name} may have visible ASCII characters only.", name)
            : value;
    }
}
