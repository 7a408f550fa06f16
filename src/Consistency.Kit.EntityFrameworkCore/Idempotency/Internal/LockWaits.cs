using System.Data.Common;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Tells a wait for somebody else's lock that took too long, or was broken off, from other errors.</summary>
internal static class LockWaits
{
    // lock_not_available, query_canceled, serialization_failure, deadlock_detected; ODBC's timeout.
    private static readonly string[] States = ["55P03", "57014", "40001", "40P01", "HYT00"];

    // SQLITE_BUSY and SQLITE_LOCKED; SQL Server's and MySQL's timeouts and deadlocks. No package of a provider is known here.
    private static readonly Dictionary<string, int[]> Numbers = new(StringComparer.Ordinal) { ["SqliteErrorCode"] = [5, 6], ["Number"] = [-2, 1205, 1222, 1213] };

    internal static bool IsOne(Exception? exception) => exception switch
    {
        null => false,
        TimeoutException => true,
        DbException error when Array.IndexOf(States, error.SqlState) >= 0 => true,
        DbException error when Numbers.Any(pair => error.GetType().GetProperty(pair.Key)?.GetValue(error) is int number && pair.Value.Contains(number)) => true,
        _ => IsOne(exception.InnerException),
    };
}
