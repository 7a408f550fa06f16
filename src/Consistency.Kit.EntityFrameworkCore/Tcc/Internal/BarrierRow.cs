using Consistency.Kit.Tcc;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Where one branch stands.</summary>
internal sealed class BarrierRow
{
    public string TransactionId { get; set; } = "";

    public string BranchId { get; set; } = "";

    public string Place { get; set; } = "";

    public BranchState State { get; set; }

    /// <summary>Whether the cancel came before the try.</summary>
    public bool IsEmpty { get; set; }

    /// <summary>What repeats of the try are told; null when that is nothing.</summary>
    public byte[]? TryResult { get; set; }

    /// <summary>What repeats of the confirm or the cancel are told; null when that is nothing.</summary>
    public byte[]? EndResult { get; set; }

    public DateTime MovedAt { get; set; }
}
