using System.Reflection;
using System.Text;

namespace Consistency.Kit.Messaging;

/// <summary>Describes one handler.</summary>
public sealed class HandlerBuilder
{
    internal HandlerBuilder(
        Type messageType,
        Type handlerType,
        Func<IServiceProvider, object, MessageContext, CancellationToken, Task> invoke,
        IReadOnlyList<ParameterInfo> needs)
    {
        MessageType = messageType;
        HandlerType = handlerType;
        Invoke = invoke;
        Needs = needs;
        Consumer = NameOf(handlerType);
    }

    internal Type MessageType { get; }

    internal Type HandlerType { get; }

    internal Func<IServiceProvider, object, MessageContext, CancellationToken, Task> Invoke { get; }

    internal IReadOnlyList<ParameterInfo> Needs { get; }

    internal string Consumer { get; private set; }

    internal Type? StoreKey { get; private set; }

    internal int BatchSize { get; private set; } = 1;

    internal RetryPolicy? RetryPolicy { get; private set; }

    internal AfterPark? AfterParkOverride { get; private set; }

    /// <summary>Names the store whose transaction the handler joins; needed when the application has several.</summary>
    /// <typeparam name="TStore">The DbContext given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    public HandlerBuilder In<TStore>() => In(typeof(TStore));

    internal HandlerBuilder In(Type? store)
    {
        StoreKey = store;
        return this;
    }

    /// <summary>
    /// Gives the consumer a stable name of its own. The inbox remembers messages by it, so renaming a consumer makes it see
    /// messages again. Default: the handler's class name in kebab case.
    /// </summary>
    /// <param name="consumer">At most 128 characters.</param>
    public HandlerBuilder Named(string consumer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(consumer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(consumer.Length, 128, nameof(consumer));
        Consumer = consumer;
        return this;
    }

    /// <summary>
    /// Handles up to this many messages of one partition in one transaction. Only for handlers that touch nothing but their store:
    /// when one message fails, all are rolled back and handled one by one.
    /// </summary>
    /// <param name="size">Messages, 1 to 1,000.</param>
    public HandlerBuilder InBatches(int size = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 1000);
        BatchSize = size;
        return this;
    }

    /// <summary>Overrides <see cref="InboxOptions.Retry"/>.</summary>
    /// <param name="policy">When to try again, and when to park.</param>
    public HandlerBuilder Retry(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        RetryPolicy = policy;
        return this;
    }

    /// <summary>Overrides <see cref="InboxOptions.AfterPark"/>.</summary>
    /// <param name="afterPark">What happens to the key of a parked message.</param>
    public HandlerBuilder OnPark(AfterPark afterPark)
    {
        AfterParkOverride = afterPark;
        return this;
    }

    private static string NameOf(Type handlerType)
    {
        var name = handlerType.Name.AsSpan();
        var generic = name.IndexOf('`');
        name = generic < 0 ? name : name[..generic];
        var kebab = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                kebab.Append('-');
            }

            kebab.Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString();
    }
}
