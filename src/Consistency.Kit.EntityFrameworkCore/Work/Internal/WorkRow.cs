using Consistency.Kit.Work;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>One piece of work.</summary>
internal sealed class WorkRow
{
    public Guid Id { get; set; }

    public string Scope { get; set; } = "";

    public string Type { get; set; } = "";

    public string? Key { get; set; }

    public bool FreesKey { get; set; }

    public string? GroupKey { get; set; }

    public byte[] Input { get; set; } = [];

    public byte[]? State { get; set; }

    public WorkStatus Status { get; set; }

    /// <summary>When it is due; while it has an owner, when the owner's lease ends; when it is parked, since when.</summary>
    public DateTime DueAt { get; set; }

    public DateTime ScheduledAt { get; set; }

    public string? Owner { get; set; }

    /// <summary>The limit under which it was claimed, while it is.</summary>
    public string? Slot { get; set; }

    public long Epoch { get; set; }

    /// <summary>How many lines its history has.</summary>
    public long Events { get; set; }

    public int Attempts { get; set; }

    public int TakeOvers { get; set; }

    public string? Error { get; set; }

    public string? TraceParent { get; set; }

    public string? TraceState { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime? EndedAt { get; set; }

    /// <summary>What a row that is being added was made from.</summary>
    internal NewWork? New { get; init; }

    /// <summary>Told what became of a row that is being added.</summary>
    internal Action<WorkAdded>? Added { get; init; }

    /// <summary>The timestamp from which the lease of a row that is added owned is counted.</summary>
    internal long LeasedAt { get; set; }

    /// <summary>When a row that is added owned is due, from <see cref="LeasedAt"/>.</summary>
    internal TimeSpan DueIn { get; set; }

    /// <summary>The explicit transaction the row was written in; it stays tracked as added after <c>SaveChanges(acceptAllChangesOnSuccess: false)</c>.</summary>
    internal Guid? SavedIn { get; set; }
}
