using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Consistency.Kit.AspNetCore.Idempotency;

/// <summary>Runs an action, or every unsafe action of a controller, once per idempotency key, on the store of a DbContext.</summary>
/// <typeparam name="TDbContext">The DbContext that the action saves with.</typeparam>
/// <remarks>
/// The same as <c>RequireIdempotencyKey&lt;TDbContext&gt;()</c> on an endpoint, which says what is promised. Options other than these come
/// from <c>kit.ConfigureIdempotencyKeys(…)</c>. An attribute on the action counts before one on its controller. Does nothing on the handler
/// of a minimal API: call <c>RequireIdempotencyKey&lt;TDbContext&gt;()</c> there.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class RequireIdempotencyKeyAttribute<TDbContext> : Attribute, IFilterFactory, IIdempotencyKeyAttribute
    where TDbContext : class
{
    private bool? _required;
    private IdempotencyMode? _mode;

    /// <summary>Whether a request without a key is refused. Default: what the application's options say, true unless they were changed.</summary>
    public bool Required
    {
        get => _required ?? true;
        set => _required = value;
    }

    /// <summary>How the work and its key share the DbContext. Default: what the application's options say, <see cref="IdempotencyMode.Atomic"/> unless they were changed.</summary>
    public IdempotencyMode Mode
    {
        get => _mode ?? IdempotencyMode.Atomic;
        set => _mode = value;
    }

    /// <inheritdoc />
    public bool IsReusable => true;

    /// <inheritdoc />
    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new IdempotencyResourceFilter(((IIdempotencyKeyAttribute)this).CreateGuard(serviceProvider));

    IdempotencyGuard IIdempotencyKeyAttribute.CreateGuard(IServiceProvider services) => IdempotencyGuard.Create(services, typeof(TDbContext), Configure);

    KeyDescription IIdempotencyKeyMetadata.Describe(IServiceProvider services) => KeyDescription.Of(KeyDefaults.Apply(services, Configure));

    private void Configure(IdempotencyKeyOptions options)
    {
        options.Required = _required ?? options.Required;
        options.Mode = _mode ?? options.Mode;
    }
}
