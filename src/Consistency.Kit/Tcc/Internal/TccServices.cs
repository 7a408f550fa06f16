using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>What coordinators take from the application, and what they share where it has none.</summary>
internal static class TccServices
{
    private static readonly Lazy<HttpClient> Client = new(static () =>
#pragma warning disable CA2000 // Lives as long as the process.
        new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
#pragma warning restore CA2000
        {
            Timeout = Timeout.InfiniteTimeSpan,
        });

    internal static HttpClient SharedClient => Client.Value;

    internal static ILogger LoggerOf(IServiceProvider services) => services.GetService<ILogger<TccHost>>() ?? NullLogger<TccHost>.Instance;
}
