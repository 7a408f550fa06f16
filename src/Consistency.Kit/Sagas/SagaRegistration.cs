using System.Diagnostics.CodeAnalysis;
using Consistency.Kit.Sagas.Internal;
using Consistency.Kit.Tcc;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Sagas;

/// <summary>Describes one saga that the application drives.</summary>
public sealed class SagaRegistration<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly IServiceCollection _services;
    private readonly List<SagaDefinition> _versions = [];
    private readonly List<Func<ISagaCodec, IEnumerable<string>>> _verify = [];
    private Type? _storeKey;

    internal SagaRegistration(IServiceCollection services) => _services = services;

    /// <summary>Names the store that keeps the saga; needed when the application has several.</summary>
    /// <typeparam name="TStore">The DbContext given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    public SagaRegistration<TSaga, TInput> In<TStore>()
    {
        _storeKey = typeof(TStore);
        return this;
    }

    /// <summary>Drives sagas of an earlier version to their end, beside the new ones. New sagas are never started with it.</summary>
    /// <typeparam name="TPrevious">The earlier class. Keep it until no such saga is left.</typeparam>
    public SagaRegistration<TSaga, TInput> WithPrevious<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPrevious>()
        where TPrevious : class, ISaga<TPrevious, TInput> => WithPrevious<TPrevious, TInput>();

    /// <summary>Drives sagas of an earlier version to their end, beside the new ones. New sagas are never started with it.</summary>
    /// <typeparam name="TPrevious">The earlier class. Keep it until no such saga is left.</typeparam>
    /// <typeparam name="TPreviousInput">What it was started with.</typeparam>
    public SagaRegistration<TSaga, TInput> WithPrevious<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TPrevious, TPreviousInput>()
        where TPrevious : class, ISaga<TPrevious, TPreviousInput>
        where TPreviousInput : notnull
    {
        Add<TPrevious, TPreviousInput>();
        return this;
    }

    internal void Complete()
    {
        var definition = (SagaDefinition<TSaga, TInput>)_versions[0];
        var (versions, verify, storeKey) = (_versions, _verify, _storeKey);
        _services.AddSingleton(new SagaEntryPoint(typeof(TSaga), typeof(TInput), definition, versions, storeKey, codec => verify.SelectMany(check => check(codec))));
        _services.AddSingleton<WorkKind>(new SagaSignalKind(definition.Name, storeKey));
    }

    internal void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TVersion, TVersionInput>()
        where TVersion : class, ISaga<TVersion, TVersionInput>
        where TVersionInput : notnull
    {
        var definition = SagaDefinition.Of<TVersion, TVersionInput>();
        _versions.Add(definition);
        _verify.Add(definition.Verify);
        _services.AddScoped<TVersion>();
        _services.AddSingleton<WorkKind>(services => new SagaKind<TVersion, TVersionInput>(
            definition,
            _storeKey,
            services.GetRequiredService<ISagaCodec>(),
            services.GetRequiredService<SagaLimits>(),
            services.GetRequiredService<EndsOf<SagaIdentity>>(),
            services.GetRequiredService<BarrierEngines>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetService<ILogger<TVersion>>() ?? NullLogger<TVersion>.Instance));
    }
}
