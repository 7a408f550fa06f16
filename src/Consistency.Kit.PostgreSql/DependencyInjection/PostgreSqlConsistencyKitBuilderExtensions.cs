using Consistency.Kit;
using Consistency.Kit.PostgreSql.Messaging;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what only PostgreSQL can do.</summary>
public static class PostgreSqlConsistencyKitBuilderExtensions
{
    /// <summary>
    /// Tells relays in other processes at once that something was committed, instead of leaving it to their next poll.
    /// Needs one connection per process and store for <c>LISTEN</c>, directly to the server: a pooler in transaction mode cannot keep it.
    /// </summary>
    /// <param name="kit">The kit, with a store on PostgreSQL.</param>
    /// <remarks>
    /// Notifications are sent after the commit, outside of the user's transaction (inside, they would serialize commits), and joined
    /// when many come together. A lost one costs one poll interval, never a message.
    /// </remarks>
    public static ConsistencyKitBuilder UsePostgresNotifications(this ConsistencyKitBuilder kit)
    {
        ArgumentNullException.ThrowIfNull(kit);
        kit.Services.AddSingleton<IHostedService, PostgresNotifications>();
        return kit;
    }
}
