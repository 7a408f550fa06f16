namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>The row that was in the way is gone again: another transaction was rolled back, or it was collected.</summary>
internal sealed class LostRaceException(string message) : Exception(message);
