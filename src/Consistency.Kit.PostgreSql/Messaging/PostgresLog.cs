using Microsoft.Extensions.Logging;

namespace Consistency.Kit.PostgreSql.Messaging;

internal static partial class PostgresLog
{
    [LoggerMessage(1101, LogLevel.Warning, "The wake channel of {Store} failed; relays poll meanwhile, and it is set up again in {Delay}")]
    internal static partial void ChannelFailed(ILogger logger, string store, TimeSpan delay, Exception exception);

    [LoggerMessage(1102, LogLevel.Warning, "{Store} is not on PostgreSQL; UsePostgresNotifications does nothing for it")]
    internal static partial void NotPostgres(ILogger logger, string store);
}
