using System.Collections.Concurrent;

namespace Consistency.Kit;

/// <summary>Checks that hosts make when they start, added by packages that are used through something else than the services, such as endpoints.</summary>
public static class StartupChecks
{
    private static readonly ConcurrentDictionary<Action<IServiceProvider>, bool> Checks = new();

    /// <summary>Adds a check for every host of this process that starts from now on. Adding it again does nothing.</summary>
    /// <param name="check">
    /// A static method, given the services of a host with the kit when all its services have started. Does nothing where it finds nothing of
    /// its own; what it throws, best a <see cref="ConsistencyConfigurationException"/>, keeps the host from starting.
    /// </param>
    public static void Add(Action<IServiceProvider> check)
    {
        ArgumentNullException.ThrowIfNull(check);
        Checks.TryAdd(check, true);
    }

    internal static void Run(IServiceProvider services)
    {
        foreach (var check in Checks.Keys)
        {
            check(services);
        }
    }
}
