using System.Data.Common;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Tells a transaction that lost to another one, and may be run again, from other errors.</summary>
internal static class LostRaces
{
    // serialization_failure, deadlock_detected.
    private static readonly string[] States = ["40001", "40P01"];

    // SQLITE_BUSY and SQLITE_LOCKED; SQL Server's and MySQL's deadlocks. No package of a provider is known here.
    private static readonly Dictionary<string, int[]> Numbers = new(StringComparer.Ordinal) { ["SqliteErrorCode"] = [5, 6], ["Number"] = [1205, 1213] };

    internal static bool IsOne(Exception? exception) => exception switch
    {
        null => false,
        LostRaceException => true,
        DbException error when Array.IndexOf(States, error.SqlState) >= 0 => true,
        DbException error when Numbers.Any(pair => error.GetType().GetProperty(pair.Key)?.GetValue(error) is int number && pair.Value.Contains(number)) => true,
        _ => IsOne(exception.InnerException),
    };
}
