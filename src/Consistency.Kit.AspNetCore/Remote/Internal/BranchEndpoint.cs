using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Consistency.Kit.Remote;
using Consistency.Kit.Tcc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.AspNetCore.Remote.Internal;

/// <summary>Takes the calls of one branch over dtm's wire and passes them through a barrier.</summary>
/// <param name="transactionType">The type of transaction on the wire.</param>
/// <param name="store">The DbContext whose barrier it is.</param>
/// <param name="first">Tries, or acts.</param>
/// <param name="last">Confirms or cancels, or compensates.</param>
internal sealed class BranchEndpoint<TRequest, TReply>(
    string transactionType,
    Type store,
    Func<IServiceProvider, TRequest, BranchCall, CancellationToken, Task<BranchResult<TReply>>> first,
    Func<IServiceProvider, TRequest, BranchCall, CancellationToken, Task> last) : IBranchEndpoint
{
    private const int TooEarly = 425;

    private readonly ConcurrentDictionary<RemoteCall, bool> _running = new();

    internal BranchEndpointOptions Options { get; } = new();

    public void Check(IServiceProvider services)
    {
        var engine = EngineOf(services);
        engine.JsonOf<TRequest>();
        engine.JsonOf<TReply>();
    }

    internal async Task HandleAsync(HttpContext context)
    {
        if (!RemoteCall.TryRead(transactionType, key => context.Request.Query[key] is [{ } only] ? only : null, out var call, out var problem))
        {
            await BranchProblems.BadCall(problem).WriteAsync(context).ConfigureAwait(false);
            return;
        }

        if (!context.Request.HasJsonContentType())
        {
            await BranchProblems.NoJson.WriteAsync(context).ConfigureAwait(false);
            return;
        }

        var engine = EngineOf(context.RequestServices);
        if (await ReadAsync(context, engine).ConfigureAwait(false) is not (true, { } request))
        {
            return;
        }

        // A coordinator that waits no longer than this takes repeats it: they must not pile up behind the first.
        if (!_running.TryAdd(call, true))
        {
            await AnswerRunningAsync(context).ConfigureAwait(false);
            return;
        }

        try
        {
            await RunAsync(context, engine, call, request).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(call, out _);
        }
    }

    private static BarrierEngines EnginesOf(IServiceProvider services) => services.GetService<BarrierEngines>()
        ?? throw new ConsistencyConfigurationException(["A branch is mapped in an application without the kit: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<YourDbContext>()…)."]);

    private BarrierEngine EngineOf(IServiceProvider services) => EnginesOf(services).Of(store);

    private async Task RunAsync(HttpContext context, BarrierEngine engine, RemoteCall call, TRequest request)
    {
        using var timeout = new CancellationTokenSource(Options.Timeout, context.RequestServices.GetService<TimeProvider>() ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        var (services, barrier) = (context.RequestServices, call.AtBarrier);
        try
        {
            if (barrier.Operation == BranchOperation.Try)
            {
                var tried = await engine.RunAsync<TReply>(services, barrier, token => first(services, request, barrier, token), either.Token).ConfigureAwait(false);
                await AnswerAsync(context, tried, engine.JsonOf<TReply>()).ConfigureAwait(false);
            }
            else
            {
                var ended = await engine.RunAsync(services, barrier, token => last(services, request, barrier, token), either.Token).ConfigureAwait(false);
                await AnswerAsync(context, ended, null).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !context.Response.HasStarted)
        {
            await AnswerRunningAsync(context).ConfigureAwait(false);
        }
    }

    /// <summary>The request; none when an answer was written instead.</summary>
    private async Task<(bool IsRead, TRequest? Request)> ReadAsync(HttpContext context, BarrierEngine engine)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4_096];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false) is var read and > 0)
        {
            if (kept.Length + read > Options.MaxRequestBytes)
            {
                await BranchProblems.TooLarge(Options.MaxRequestBytes).WriteAsync(context).ConfigureAwait(false);
                return default;
            }

            kept.Write(buffer, 0, read);
        }

        try
        {
            if (JsonSerializer.Deserialize(kept.GetBuffer().AsSpan(0, (int)kept.Length), engine.JsonOf<TRequest>()) is { } request)
            {
                return (true, request);
            }
        }
        catch (JsonException)
        {
            // Answered below: what the parser says quotes the request.
        }

        await BranchProblems.BadRequest.WriteAsync(context).ConfigureAwait(false);
        return default;
    }

    private Task AnswerRunningAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = ((long)Math.Ceiling(Options.RetryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return BranchAnswer.WriteAsync(context, TooEarly, "ONGOING", "running");
    }

    private static Task AnswerAsync<TResult>(HttpContext context, BranchOutcome<TResult> outcome, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TResult>? json)
    {
        return outcome switch
        {
            BranchOutcome<TResult>.Done done => BranchAnswer.WriteAsync(context, StatusCodes.Status200OK, "SUCCESS", "done", writer => Result(writer, done.Result)),
            BranchOutcome<TResult>.Repeated repeated => BranchAnswer.WriteAsync(context, StatusCodes.Status200OK, "SUCCESS", "repeated", writer => Result(writer, repeated.Result)),
            BranchOutcome<TResult>.Empty => BranchAnswer.WriteAsync(context, StatusCodes.Status200OK, "SUCCESS", "empty"),
            BranchOutcome<TResult>.Superseded => BranchAnswer.WriteAsync(context, StatusCodes.Status409Conflict, "FAILURE", "superseded"),
            BranchOutcome<TResult>.Refused refused => BranchAnswer.WriteAsync(context, StatusCodes.Status409Conflict, "FAILURE", "refused", writer => writer.WriteString("reason"u8, refused.Refusal.Reason)),
            BranchOutcome<TResult>.OutOfOrder order => BranchAnswer.WriteAsync(
                context, StatusCodes.Status412PreconditionFailed, null, "out-of-order", writer => writer.WriteString("found"u8, order.Found.ToString().ToLowerInvariant())),
            _ => throw new UnreachableException(),
        };

        void Result(Utf8JsonWriter writer, TResult? result)
        {
            if (json is not null)
            {
                writer.WritePropertyName("result"u8);
                JsonSerializer.Serialize(writer, result!, json);
            }
        }
    }
}
