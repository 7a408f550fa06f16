namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>What is known of a request: claimed while there is no answer, answered from then on.</summary>
internal sealed class IdempotencyRow
{
    /// <summary>The key's hash.</summary>
    public byte[] Key { get; set; } = [];

    public byte[] Fingerprint { get; set; } = [];

    public long Epoch { get; set; }

    public DateTime LeaseUntil { get; set; }

    /// <summary>Null until an attempt has saved something, even if it named no point.</summary>
    public byte[]? Points { get; set; }

    public byte[]? Answer { get; set; }

    public DateTime? CompletedAt { get; set; }

    public DateTime ExpiresAt { get; set; }

    public DateTime BegunAt { get; set; }

    /// <summary>For the operator who reads the table; nothing depends on it.</summary>
    public string Operation { get; set; } = "";

    internal static string OperationOf(string operation) => operation.Length <= IdempotencyModel.OperationLength ? operation : operation[..IdempotencyModel.OperationLength];
}
