namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>A move that was asked for and not made, or a word that nobody understood. What is not known is empty text.</summary>
internal sealed class StateRefusalRow
{
    public Guid Id { get; set; }

    public string Map { get; set; } = "";

    public string ThingId { get; set; } = "";

    public string From { get; set; } = "";

    /// <summary>Where it was to go, or the word that was not understood.</summary>
    public string To { get; set; } = "";

    public string Reason { get; set; } = "";

    public string Cause { get; set; } = "";

    public string CauseId { get; set; } = "";

    public string Actor { get; set; } = "";

    public DateTime At { get; set; }
}
