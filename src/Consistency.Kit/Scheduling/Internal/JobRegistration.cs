using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Consistency.Kit.Messaging.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>What <c>kit.AddJob</c> was told.</summary>
internal abstract class JobRegistration(string name, Type clrType, JobBuilder builder)
{
    internal string Name => name;

    internal Type ClrType => clrType;

    internal JobBuilder Builder => builder;

    internal abstract JobType? Bind(IReadOnlyList<JsonSerializerContext> contexts, List<string> problems);
}

/// <summary>With its types, so that nothing has to be reflected over.</summary>
internal sealed class JobRegistration<TJob, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(string name, JobBuilder builder)
    : JobRegistration(name, typeof(TJob), builder)
    where TJob : notnull
    where THandler : class, IJobHandler<TJob>
{
    internal override JobType? Bind(IReadOnlyList<JsonSerializerContext> contexts, List<string> problems) =>
        JsonBinding.Find<TJob>(contexts, Name, problems, "Job") is not { } json
            ? null
            : new JobType(
                Name,
                typeof(TJob),
                Builder.StoreKey,
                job => JsonSerializer.SerializeToUtf8Bytes((TJob)job, json),
                input => JsonBinding.Read(json, input),
                static (services, job, context, cancellationToken) => services.GetRequiredService<THandler>().RunAsync((TJob)job, context, cancellationToken));
}
