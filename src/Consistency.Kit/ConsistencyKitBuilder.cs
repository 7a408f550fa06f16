using System.Linq.Expressions;
using System.Text.Json.Serialization;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Callbacks.Internal;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.Sagas;
using Consistency.Kit.Scheduling;
using Consistency.Kit.Scheduling.Internal;
using Consistency.Kit.States;
using Consistency.Kit.Stock;
using Consistency.Kit.Tcc;
using Consistency.Kit.Tcc.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit;

/// <summary>Collects what the application uses (<c>Use…</c> picks a backend) and adds (<c>Add…</c> adds a thing).</summary>
public sealed class ConsistencyKitBuilder
{
    internal ConsistencyKitBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services, for packages that add their own.</summary>
    public IServiceCollection Services { get; }

    internal MessagingRegistrations Messaging { get; } = new();

    internal IdempotencyOptions Idempotency { get; } = new();

    internal WorkOptions Work { get; } = new();

    internal BarrierOptions Barrier { get; } = new();

    internal StockOptions Stock { get; } = new();

    internal TccBuilder? Tcc { get; private set; }

    internal SchedulingRegistrations Scheduling { get; } = new();

    internal Dictionary<Type, object> States { get; } = [];

    /// <summary>Encodes messages, stored results and recovery points with a source-generated JSON context. May be called once per context.</summary>
    /// <param name="context">Has <c>[JsonSerializable(typeof(T))]</c> for each type.</param>
    public ConsistencyKitBuilder UseJson(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Messaging.JsonContexts.Add(context);
        return this;
    }

    /// <summary>Registers a message type under the stable name that travels on the wire.</summary>
    /// <param name="name">A stable, versioned name such as <c>order-placed.v1</c>; never a CLR type name.</param>
    /// <param name="topic">The topic it is published to.</param>
    /// <param name="configure">Upcasters from earlier versions.</param>
    public ConsistencyKitBuilder AddMessage<TMessage>(string name, string topic, Action<MessageBuilder<TMessage>>? configure = null)
        where TMessage : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        var builder = new MessageBuilder<TMessage>(name, topic);
        configure?.Invoke(builder);
        Messaging.Messages.Add(builder);
        return this;
    }

    /// <summary>Registers a handler; each handler is a consumer of its own and sees every message of the type once.</summary>
    /// <param name="configure">Its store, its stable name, its retry policy, batches.</param>
    public ConsistencyKitBuilder AddHandler<TMessage, [System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        Action<HandlerBuilder>? configure = null)
        where TMessage : notnull
        where THandler : class, IMessageHandler<TMessage>
    {
        var builder = new HandlerBuilder(
            typeof(TMessage),
            typeof(THandler),
            static (services, message, context, cancellationToken) =>
                services.GetRequiredService<THandler>().HandleAsync((TMessage)message, context, cancellationToken),
            HandlerActivation.NeedsOf<THandler>());
        configure?.Invoke(builder);
        HandlerActivation.Register<THandler>(Services);
        Messaging.Handlers.Add(builder);
        return this;
    }

    /// <summary>Changes how messages are written and relayed.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureOutbox(Action<OutboxOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Messaging.Outbox);
        return this;
    }

    /// <summary>Changes how messages are consumed.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureInbox(Action<InboxOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Messaging.Inbox);
        return this;
    }

    /// <summary>Registers a durable store. Called by packages that bring one.</summary>
    /// <param name="create">Creates the store from the application's services.</param>
    /// <typeparam name="TKey">The type by which handlers name the store: the DbContext.</typeparam>
    public ConsistencyKitBuilder AddStore<TKey>(Func<IServiceProvider, MessagingStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        if (!Messaging.Stores.Contains(typeof(TKey)))
        {
            Messaging.Stores.Add(typeof(TKey));
            Services.AddSingleton(create);
        }

        return this;
    }

    /// <summary>Changes how long idempotency keys and claims last.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureIdempotency(Action<IdempotencyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Idempotency);
        return this;
    }

    /// <summary>Keeps idempotency keys that name no DbContext in this process: they are gone when it ends, and other processes do not see them.</summary>
    public ConsistencyKitBuilder UseMemoryIdempotency() => AddIdempotencyStore(static services =>
    {
        var memory = new MemoryIdempotency(services.GetRequiredService<TimeProvider>());
        return new IdempotencyStore { Name = "memory", Claims = memory, Expiry = memory, IsShared = false };
    });

    /// <summary>Registers a store for idempotency keys. Called by packages that bring one. Of several without a <see cref="IdempotencyStore.Key"/> the last counts.</summary>
    /// <param name="create">Creates the store from the application's services.</param>
    public ConsistencyKitBuilder AddIdempotencyStore(Func<IServiceProvider, IdempotencyStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(create);
        return this;
    }

    /// <summary>Changes how durable work (jobs, sagas) is driven.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureWork(Action<WorkOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Work);
        return this;
    }

    /// <summary>Changes what jobs have in common.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureScheduling(Action<SchedulingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Scheduling.Options);
        return this;
    }

    /// <summary>Registers a type of job and its handler.</summary>
    /// <param name="name">A stable name such as <c>query-payment</c>, kept in every row; never a CLR type name. At most 150 characters.</param>
    /// <param name="configure">Its retry policy, limits and store.</param>
    public ConsistencyKitBuilder AddJob<TJob, [System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        string name,
        Action<JobBuilder>? configure = null)
        where TJob : notnull
        where THandler : class, IJobHandler<TJob>
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var builder = new JobBuilder();
        configure?.Invoke(builder);
        Services.AddScoped<THandler>();
        Scheduling.Jobs.Add(new JobRegistration<TJob, THandler>(name, builder));
        Services.AddSingleton<WorkKind>(services => services.GetRequiredService<JobKinds>().Job(name));
        return this;
    }

    /// <summary>Runs a job again and again. There is one row for it, whatever the number of instances; runs never overlap.</summary>
    /// <param name="name">A stable name such as <c>nightly-report</c>. At most 150 characters.</param>
    /// <param name="job">What each run works on; its type is registered with <see cref="AddJob{TJob, THandler}"/>.</param>
    /// <param name="configure">When it runs.</param>
    /// <remarks>A changed definition is picked up at start-up. One that is no longer registered is parked after <see cref="WorkOptions.UnknownTypeGrace"/>.</remarks>
    public ConsistencyKitBuilder AddRecurringJob<TJob>(string name, TJob job, Action<RecurringJobBuilder> configure)
        where TJob : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = new RecurringJobBuilder();
        configure(builder);
        Scheduling.Recurring.Add(new RecurringRegistration(name, job, builder));
        Services.AddSingleton<WorkKind>(services => services.GetRequiredService<JobKinds>().Recurring(name));
        return this;
    }

    /// <summary>Keeps work in this process: it is gone when the process ends. For tests, and for work that may be lost.</summary>
    public ConsistencyKitBuilder UseMemoryWork() =>
        AddWorkStore(static services => MemoryWork.CreateStore(services, services.GetRequiredService<TimeProvider>()));

    /// <summary>Registers a store of durable work. Called by packages that bring one.</summary>
    /// <param name="create">Creates the store from the application's services.</param>
    public ConsistencyKitBuilder AddWorkStore(Func<IServiceProvider, WorkStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(create);
        return this;
    }

    /// <summary>Drives a saga, and lets it be started.</summary>
    /// <param name="configure">Its store, and earlier versions that are still driven.</param>
    /// <typeparam name="TSaga">The latest version of the saga.</typeparam>
    /// <typeparam name="TInput">What it is started with; known to the JSON context.</typeparam>
    /// <exception cref="InvalidOperationException">The saga's description contradicts itself.</exception>
    public ConsistencyKitBuilder AddSaga<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] TSaga, TInput>(
        Action<SagaRegistration<TSaga, TInput>>? configure = null)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        var registration = new SagaRegistration<TSaga, TInput>(Services);
        registration.Add<TSaga, TInput>();
        configure?.Invoke(registration);
        registration.Complete();
        return this;
    }

    /// <summary>Changes how long barriers remember.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureBarrier(Action<BarrierOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Barrier);
        return this;
    }

    /// <summary>Coordinates TCCs through <see cref="ITccCoordinator"/>. May be called more than once; branches add up.</summary>
    /// <param name="configure">Adds the branches, names the store.</param>
    public ConsistencyKitBuilder AddTcc(Action<TccBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        if (Tcc is null)
        {
            Tcc = new TccBuilder();
            TccRegistration.Add(Services, Tcc, Work);
        }

        configure(Tcc);
        if (Tcc.ReplyTopic is not null)
        {
            TccMessages.Coordinate(Messaging, Tcc);
        }

        return this;
    }

    /// <summary>Has branches of this application answer coordinators of other services that ask by message (<c>branch.Message(topic)</c> there). Called once.</summary>
    /// <param name="topic">The topic that commands come on: one of this service's own. Whoever may publish to it may move what the branches guard.</param>
    /// <param name="configure">Adds the branches.</param>
    /// <remarks>Each call passes the barrier of its branch's DbContext; effect, barrier, inbox and reply are one commit, so a repeat of a call is told what the first one was told.</remarks>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public ConsistencyKitBuilder AddTccBranches(string topic, Action<TccBranchesBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(topic);
        ArgumentNullException.ThrowIfNull(configure);
        if (Services.Any(service => service.ServiceType == typeof(AnsweredBranches)))
        {
            throw new InvalidOperationException("kit.AddTccBranches(…) is called twice: one topic and one call are for all branches of the application.");
        }

        var builder = new TccBranchesBuilder();
        configure(builder);
        var branches = new AnsweredBranches(builder.Branches);
        Services.AddSingleton(branches);
        Services.AddSingleton<IWorkStartUp>(services => new AnsweredBranchesStartUp(branches, services.GetRequiredService<BarrierEngines>(), services.GetRequiredService<KitJson>()));
        TccMessages.Answer(Messaging, topic, branches);
        return this;
    }

    /// <summary>Registers a store for barriers. Called by packages that bring one.</summary>
    /// <param name="create">Creates the store from the application's services.</param>
    public ConsistencyKitBuilder AddBarrierStore(Func<IServiceProvider, BarrierStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(create);
        return this;
    }

    /// <summary>Lets entities of a type change their state by their map only, with a history.</summary>
    /// <param name="map">The legal moves.</param>
    /// <param name="state">The property that holds the state.</param>
    /// <param name="configure">The messages that tell of moves.</param>
    /// <exception cref="ArgumentException">The state is no property of the entity, or the entity's states are registered already.</exception>
    public ConsistencyKitBuilder AddStates<TEntity, TState>(StateMap<TState> map, Expression<Func<TEntity, TState>> state, Action<StateRegistration<TEntity, TState>>? configure = null)
        where TEntity : class
        where TState : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(state);
        var registration = new StateRegistration<TEntity, TState>(map, state);
        configure?.Invoke(registration);
        return States.TryAdd(typeof(TEntity), registration)
            ? this
            : throw new ArgumentException($"The states of {typeof(TEntity).Name} are registered twice: one call of kit.AddStates<{typeof(TEntity).Name}, …> is enough.", nameof(map));
    }

    /// <summary>Changes how stock is swept and how long it is remembered.</summary>
    /// <param name="configure">Changes the options; validated at start-up.</param>
    public ConsistencyKitBuilder ConfigureStock(Action<StockOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(Stock);
        return this;
    }

    /// <summary>Keeps stock in this process: it is gone when the process ends, and other processes do not see it. Beside a ledger in a database it is filled from that at the start.</summary>
    public ConsistencyKitBuilder UseMemoryStock() => AddStockStore(static services =>
    {
        var memory = new MemoryStock(services.GetRequiredService<TimeProvider>());
        return new StockStore { Name = "memory", Stock = memory, Sales = memory, Upkeep = memory, Rebuild = memory.Rebuild };
    });

    /// <summary>Registers a store of stock. Called by packages that bring one. Of several without a <see cref="StockStore.Key"/> the last counts.</summary>
    /// <param name="create">Creates the store from the application's services.</param>
    public ConsistencyKitBuilder AddStockStore(Func<IServiceProvider, StockStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        Services.AddSingleton(create);
        return this;
    }

    /// <summary>Stores a provider's callbacks and has a handler act on them. Map an endpoint with <c>app.MapCallback(pattern, provider)</c>.</summary>
    /// <param name="provider">A stable name such as <c>wechat</c>, kept in every row. At most 150 characters.</param>
    /// <param name="verifier">Makes what tells genuine callbacks from forged ones; once.</param>
    /// <param name="configure">The store, and when a callback is tried again.</param>
    /// <typeparam name="THandler">Acts on the callbacks.</typeparam>
    public ConsistencyKitBuilder AddCallbacks<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(
        string provider,
        Func<IServiceProvider, ICallbackVerifier> verifier,
        Action<CallbackBuilder>? configure = null)
        where THandler : class, ICallbackHandler
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(provider);
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(provider.Length, 150, nameof(provider));
        var builder = new CallbackBuilder();
        configure?.Invoke(builder);
        if (builder.RetryPolicy.Validate($"The retry policy of the callbacks of '{provider}'").ToList() is { Count: > 0 } problems)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        var registration = new CallbackRegistration(provider, verifier, builder, static services => services.GetRequiredService<THandler>());
        Services.AddScoped<THandler>();
        Services.AddSingleton(registration);
        Services.AddSingleton<WorkKind>(_ => new CallbackKind(registration));
        return this;
    }
}
