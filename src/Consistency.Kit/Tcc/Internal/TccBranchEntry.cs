namespace Consistency.Kit.Tcc.Internal;

/// <summary>One branch of one transaction, as it is written down.</summary>
/// <param name="Id">Its id within the transaction.</param>
/// <param name="Name">The stable name of what it calls.</param>
/// <param name="Request">What it is asked for.</param>
internal sealed record TccBranchEntry(string Id, string Name, ReadOnlyMemory<byte> Request);
