using Consistency.Kit.Callbacks.Internal;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Callbacks;

/// <summary>The intakes of the providers that were registered with <c>kit.AddCallbacks</c>.</summary>
public sealed class CallbackIntakes
{
    private readonly Dictionary<string, CallbackIntake> _intakes = new(StringComparer.Ordinal);

    internal CallbackIntakes(IEnumerable<CallbackRegistration> registrations, IServiceProvider services, WorkStores stores, TimeProvider time, ILogger logger)
    {
        foreach (var registration in registrations)
        {
            var store = stores.Of(registration.Builder.StoreKey, $"What keeps the callbacks of '{registration.Provider}'");
            if (!_intakes.TryAdd(registration.Provider, new CallbackIntake(registration.Provider, registration.CreateVerifier(services), store, time, logger)))
            {
                throw new ConsistencyConfigurationException([$"The callbacks of '{registration.Provider}' are registered twice: keep one kit.AddCallbacks<…>(\"{registration.Provider}\", …)."]);
            }
        }
    }

    /// <summary>The intake of a provider.</summary>
    /// <param name="provider">The name under which its callbacks are registered.</param>
    /// <exception cref="ConsistencyConfigurationException">There is none.</exception>
    public CallbackIntake Of(string provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return _intakes.TryGetValue(provider, out var intake)
            ? intake
            : throw new ConsistencyConfigurationException([$"There are no callbacks of '{provider}': add kit.AddCallbacks<YourHandler>(\"{provider}\", services => verifier)."]);
    }
}
