namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>One move that was made.</summary>
internal sealed class StateMoveRow
{
    public string Map { get; set; } = "";

    /// <summary>The thing's key as text.</summary>
    public string ThingId { get; set; } = "";

    public int Number { get; set; }

    public string From { get; set; } = "";

    public string To { get; set; } = "";

    public string Cause { get; set; } = "";

    public string? CauseId { get; set; }

    public string? Actor { get; set; }

    public DateTime At { get; set; }

    public string? Chain { get; set; }
}
