namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>When a type of work was last announced; or, under a name in parentheses, whose turn something is.</summary>
internal sealed class WorkTypeRow
{
    public string Name { get; set; } = "";

    public DateTime SeenAt { get; set; }

    public string? Owner { get; set; }

    public DateTime Until { get; set; }
}
