using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Tells a transaction that lost to another one, and may be run again, from other errors.</summary>
internal static class LostRaces
{
    // serialization_failure, deadlock_detected; SQLITE_BUSY and SQLITE_LOCKED; SQL Server's and MySQL's deadlocks.
    private static readonly DatabaseErrors Errors = new(["40001", "40P01"], sqlite: [5, 6], numbers: [1205, 1213]);

    internal static bool IsOne(Exception? exception) => exception switch
    {
        null => false,
        LostRaceException => true,
        DbException error when Errors.Has(error) => true,
        _ => IsOne(exception.InnerException),
    };
}
