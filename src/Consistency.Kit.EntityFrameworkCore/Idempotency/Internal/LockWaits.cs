using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Tells a wait for somebody else's lock that took too long, or was broken off, from other errors.</summary>
internal static class LockWaits
{
    // lock_not_available, query_canceled, serialization_failure, deadlock_detected, ODBC's timeout; SQLITE_BUSY and SQLITE_LOCKED;
    // SQL Server's and MySQL's timeouts and deadlocks.
    private static readonly DatabaseErrors Errors = new(["55P03", "57014", "40001", "40P01", "HYT00"], sqlite: [5, 6], numbers: [-2, 1205, 1222, 1213]);

    internal static bool IsOne(Exception? exception) => exception switch
    {
        null => false,
        TimeoutException => true,
        DbException error when Errors.Has(error) => true,
        _ => IsOne(exception.InnerException),
    };
}
