namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Something a piece of work was told.</summary>
internal sealed class WorkSignalRow
{
    public Guid WorkId { get; set; }

    public string Name { get; set; } = "";

    public byte[] Payload { get; set; } = [];

    public DateTime At { get; set; }
}
