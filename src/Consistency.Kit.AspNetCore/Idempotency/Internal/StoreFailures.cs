using System.Data.Common;
using System.Net.Sockets;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Tells a store that does not answer from an application that is put together wrongly.</summary>
internal static class StoreFailures
{
    /// <summary>Whether the store failed, so that the same request may succeed later.</summary>
    internal static bool IsOutage(Exception exception) => exception switch
    {
        _ when Has(exception, static cause => cause is DbException or SocketException or TimeoutException) => true,
        ConsistencyException kit => kit.IsTransient,
        InvalidOperationException or ArgumentException or NotSupportedException or NotImplementedException or OperationCanceledException => false,
        _ => true,
    };

    /// <summary>Whether a database reported a failure that a new transaction may not meet.</summary>
    internal static bool IsTransient(Exception exception) => Has(exception, static cause => cause is DbException { IsTransient: true });

    private static bool Has(Exception exception, Func<Exception, bool> matches)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (matches(cause))
            {
                return true;
            }
        }

        return false;
    }
}
