namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>One line of a work's history.</summary>
internal sealed class WorkHistoryRow
{
    public Guid WorkId { get; set; }

    public long Number { get; set; }

    public DateTime At { get; set; }

    public string Event { get; set; } = "";

    public string? Step { get; set; }

    public int? Attempt { get; set; }

    public string? Actor { get; set; }

    public byte[]? Detail { get; set; }
}
