using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Stands before an endpoint: lets the first request in, and answers its repeats.</summary>
internal abstract class IdempotencyGuard
{
    private readonly HeaderName[] _storedHeaders;

    protected IdempotencyGuard(IdempotencyEngine engine, IdempotencyKeyOptions options, ILogger logger)
    {
        Engine = engine;
        Options = options;
        Logger = logger;
        _storedHeaders = HeaderName.Of(options.StoredHeaders);
    }

    internal IdempotencyKeyOptions Options { get; }

    protected IdempotencyEngine Engine { get; }

    protected ILogger Logger { get; }

    /// <param name="services">The application's services.</param>
    /// <param name="store">The DbContext; null for the store that joins no commit.</param>
    /// <param name="configure">The endpoint's own options.</param>
    /// <exception cref="ConsistencyConfigurationException">The kit or the store is missing, or the options do not fit.</exception>
    internal static IdempotencyGuard Create(IServiceProvider services, Type? store, Action<IdempotencyKeyOptions>? configure)
    {
        var engines = services.GetService<IdempotencyEngines>()
            ?? throw new ConsistencyConfigurationException(["RequireIdempotencyKey needs the kit: add services.AddConsistencyKit(kit => …)."]);
        var engine = store is null ? engines.Shared : engines.Of(store);
        var options = KeyDefaults.Apply(services, configure);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        var logger = services.GetService<ILoggerFactory>()?.CreateLogger<IdempotencyGuard>() ?? NullLogger<IdempotencyGuard>.Instance;
        if (store is null || options.Mode == IdempotencyMode.RecoveryPoint)
        {
            return new ClaimGuard(engine, options, joinsSaves: store is not null, logger);
        }

        return engine.Store.Atomic is not null
            ? new AtomicGuard(engine, options, logger)
            : throw new ConsistencyConfigurationException([$"{engine.Store.Name} cannot keep keys in the transaction of {store.Name}: set o.Mode = IdempotencyMode.RecoveryPoint."]);
    }

    /// <summary>Handles a request to the endpoint.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">The endpoint.</param>
    internal Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (IsSafe(request.Method) || context.Features.Get<AttemptFeature>() is not null)
        {
            return next(context);
        }

        if (!request.Headers.TryGetValue(Options.HeaderName, out var lines) || lines.Count == 0)
        {
            return Options.Required ? Problem.KeyMissing(Options.HeaderName).WriteAsync(context) : next(context);
        }

        if (KeyHeader.Read(lines, out var value) is { } problem)
        {
            return Problem.KeyInvalid(Options.HeaderName, problem).WriteAsync(context);
        }

        return request.ContentLength > Options.MaxRequestBytes
            ? Problem.RequestTooLarge(Options.MaxRequestBytes).WriteAsync(context)
            : GuardAsync(context, KeyScope.KeyOf(context, value, Options), next);
    }

    /// <summary>Runs the handler once for the key.</summary>
    protected abstract Task RunAsync(Exchange exchange);

    /// <summary>Refuses the request, or runs it as if it had no key, when the store failed before the handler was begun.</summary>
    protected Task AnswerOutageAsync(Exchange exchange, Exception exception)
    {
        if (!exchange.Started && Options.WhenStoreIsDown == StoreOutage.RunUnprotected)
        {
            AspNetCoreLog.RunsUnprotected(Logger, exchange.Key.Operation, exception);
            return exchange.RunUnprotectedAsync();
        }

        AspNetCoreLog.StoreDown(Logger, exchange.Key.Operation, exception);
        return exchange.AnswerAsync(Problem.StoreUnavailable, IdempotencyEngine.BusyDelay);
    }

    /// <summary>Answers a repeat; when what is stored cannot be read, as if the store did not answer.</summary>
    protected async Task ReplayAsync(Exchange exchange, StoredAnswer stored)
    {
        try
        {
            await exchange.ReplayAsync(stored).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            exchange.Context.Response.Clear();
            AspNetCoreLog.StoreDown(Logger, exchange.Key.Operation, exception);
            await exchange.AnswerAsync(Problem.StoreUnavailable, IdempotencyEngine.BusyDelay).ConfigureAwait(false);
        }
    }

    protected TimeSpan RetryAfter(TimeSpan delay) => delay < Options.MaxRetryAfter ? delay : Options.MaxRetryAfter;

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);

    private async Task GuardAsync(HttpContext context, IdempotencyKey key, RequestDelegate next)
    {
        var exchange = new Exchange(context, key, Options, _storedHeaders, next);
        await using (exchange.ConfigureAwait(false))
        {
            await RunAsync(exchange).ConfigureAwait(false);
        }
    }
}
