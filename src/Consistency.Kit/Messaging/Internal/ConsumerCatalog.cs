using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>The registered handlers, bound to stores; and everything that is wrong with the registrations.</summary>
internal sealed class ConsumerCatalog
{
    /// <summary>The consumer under whose name messages of unknown types are parked.</summary>
    internal const string Unknown = "(unknown type)";

    private readonly Dictionary<Type, List<Consumer>> _byMessage = [];

    internal ConsumerCatalog(MessagingRegistrations registrations, MessageCatalog messages, IReadOnlyList<MessagingStore> stores, bool inProcess, IServiceProviderIsService? services)
    {
        var problems = new List<string>(messages.Problems);
        problems.AddRange(registrations.Outbox.Validate());
        problems.AddRange(registrations.Inbox.Validate());
        if (stores.Count == 0 && (registrations.Messages.Count > 0 || registrations.Handlers.Count > 0))
        {
            problems.Add("No durable store is registered: add kit.UseEntityFrameworkCore<YourDbContext>() to AddConsistencyKit.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handler in registrations.Handlers)
        {
            if (!names.Add(handler.Consumer))
            {
                problems.Add($"Two handlers have the consumer name '{handler.Consumer}': give one another name with kit.AddHandler<…>(h => h.Named(\"…\")).");
            }

            if (messages.Find(handler.MessageType) is null && !registrations.Messages.Exists(message => message.ClrType == handler.MessageType))
            {
                problems.Add($"{handler.HandlerType.Name} handles {handler.MessageType.Name}, which is not registered: add kit.AddMessage<{handler.MessageType.Name}>(\"a-stable-name.v1\", topic: \"…\").");
            }

            if (services is not null)
            {
                problems.AddRange(Unregistered(handler, stores, services));
            }

            if (FindStore(handler, stores, problems) is not { } store)
            {
                continue;
            }

            if (!_byMessage.TryGetValue(handler.MessageType, out var consumers))
            {
                _byMessage.Add(handler.MessageType, consumers = []);
            }

            var retry = handler.RetryPolicy ?? registrations.Inbox.Retry;
            problems.AddRange(handler.RetryPolicy?.Validate($"The retry policy of {handler.HandlerType.Name}") ?? []);
            consumers.Add(new Consumer(handler.Consumer, handler.MessageType, store, handler.BatchSize, retry, handler.AfterParkOverride ?? registrations.Inbox.AfterPark, handler.Invoke));
        }

        if (inProcess && registrations.Inbox.Consume)
        {
            foreach (var type in messages.Types.Where(type => !registrations.Handlers.Exists(handler => handler.MessageType == type.ClrType)))
            {
                problems.Add($"Nobody would receive '{type.Name}': the transport is in-process and {type.ClrType.Name} has no handler. Add kit.AddHandler<{type.ClrType.Name}, YourHandler>(), or a broker with kit.UseKafka(…).");
            }
        }

        Stores = stores;
        Problems = problems;
    }

    internal IReadOnlyList<MessagingStore> Stores { get; }

    internal IReadOnlyList<string> Problems { get; }

    internal IEnumerable<Consumer> All => _byMessage.Values.SelectMany(consumers => consumers);

    internal IReadOnlyList<Consumer> Of(Type messageType) => _byMessage.TryGetValue(messageType, out var consumers) ? consumers : [];

    internal Consumer? Find(MessagingStore store, string name) => All.FirstOrDefault(consumer => consumer.Store == store && consumer.Name == name);

    /// <summary>What the handler needs and nobody registered; of a store's DbContext the store itself speaks.</summary>
    private static IEnumerable<string> Unregistered(HandlerBuilder handler, IReadOnlyList<MessagingStore> stores, IServiceProviderIsService services) => handler.Needs
        .Where(need => !HandlerActivation.IsRegistered(need, services) && !stores.Any(store => store.Key == need.ParameterType))
        .Select(need => $"{handler.HandlerType.Name} needs {need.ParameterType.Name} ({need.Name}), which is not registered: add it to the services, for example with services.AddScoped<{need.ParameterType.Name}>(…).");

    private static MessagingStore? FindStore(HandlerBuilder handler, IReadOnlyList<MessagingStore> stores, List<string> problems)
    {
        if (handler.StoreKey is { } key)
        {
            var named = stores.FirstOrDefault(store => store.Key == key);
            if (named is null)
            {
                problems.Add($"{handler.HandlerType.Name} names the store {key.Name}, which is not registered: add kit.UseEntityFrameworkCore<{key.Name}>().");
            }

            return named;
        }

        if (stores.Count > 1)
        {
            problems.Add($"{handler.HandlerType.Name} could join {string.Join(" or ", stores.Select(store => store.Name))}: say which with kit.AddHandler<…>(h => h.In<{stores[0].Key.Name}>()).");
            return null;
        }

        return stores.Count == 1 ? stores[0] : null;
    }
}
