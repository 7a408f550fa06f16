using Consistency.Kit.EntityFrameworkCore.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Creates the kit's tables without migrations.</summary>
public static class ConsistencyKitDatabaseFacadeExtensions
{
    /// <summary>
    /// For a quick start: creates the database with all tables of the model when it does not exist or is empty, and otherwise
    /// adds the kit's tables that are missing. It never changes a table that exists; use EF Core migrations for that.
    /// </summary>
    /// <param name="database">The context's database.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Safe to call from several processes at once.</remarks>
    public static Task EnsureConsistencyKitCreatedAsync(this DatabaseFacade database, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(database);
        return KitTables.EnsureCreatedAsync(database, cancellationToken);
    }
}
