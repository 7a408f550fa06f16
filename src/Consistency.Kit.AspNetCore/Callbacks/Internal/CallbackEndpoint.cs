using System.Buffers;
using Consistency.Kit.Callbacks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Callbacks.Internal;

#pragma warning disable CA1001 // A semaphore without a wait handle has nothing to dispose.
/// <summary>Answers one provider. What can be refused cheaply is refused first: headers, then size, then time, then the signature.</summary>
internal sealed class CallbackEndpoint(CallbackIntake intake, CallbackEndpointOptions options, TimeProvider time, ILogger logger)
#pragma warning restore CA1001
{
    // What is expected of the usual body; larger ones grow towards the cap.
    private const int FirstBuffer = 8 * 1024;

    // First come, first stored: where thousands come at once, those who wait for connections would all run out of time, and none be stored.
    private readonly SemaphoreSlim _turns = new(options.MaxConcurrentStores);

    internal async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = options.MaxBodyBytes;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (ReadHeaders(context.Request, headers) is { } bad)
        {
            await RefuseAsync(context, bad, StatusCodes.Status401Unauthorized).ConfigureAwait(false);
            return;
        }

        if (context.Request.ContentLength > options.MaxBodyBytes)
        {
            await RefuseAsync(context, CallbackRefusal.TooLarge, StatusCodes.Status413PayloadTooLarge).ConfigureAwait(false);
            return;
        }

        var (body, refusal) = await ReadBodyAsync(context).ConfigureAwait(false);
        if (refusal is { } reason)
        {
            var status = reason == CallbackRefusal.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status408RequestTimeout;
            await RefuseAsync(context, reason, status).ConfigureAwait(false);
            return;
        }

        await AnswerAsync(context, await StoreAsync(context, headers, body).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private CallbackRefusal? ReadHeaders(HttpRequest request, Dictionary<string, string> headers)
    {
        foreach (var name in intake.Verifier.Headers)
        {
            var values = request.Headers[name];
            if (values.Count > 1)
            {
                return CallbackRefusal.RepeatedHeader;
            }

            if (string.IsNullOrEmpty(values))
            {
                return CallbackRefusal.NoSignature;
            }

            headers[name] = values.ToString();
        }

        return null;
    }

    private async Task<(ReadOnlyMemory<byte> Body, CallbackRefusal? Refusal)> ReadBodyAsync(HttpContext context)
    {
        using var timeout = new CancellationTokenSource(options.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(context.Request.ContentLength + 1 ?? FirstBuffer, FirstBuffer));
        try
        {
            for (; ; )
            {
                var read = await context.Request.Body.ReadAsync(buffer.GetMemory(), either.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return (buffer.WrittenMemory, null);
                }

                buffer.Advance(read);
                if (buffer.WrittenCount > options.MaxBodyBytes)
                {
                    return (default, CallbackRefusal.TooLarge);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (default, CallbackRefusal.TooSlow);
        }
        catch (BadHttpRequestException exception)
        {
            return (default, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? CallbackRefusal.TooLarge : CallbackRefusal.TooSlow);
        }
        catch (IOException)
        {
            return (default, CallbackRefusal.TooSlow);
        }
    }

    /// <summary>Null when the store did not answer.</summary>
    private async Task<CallbackReceipt?> StoreAsync(HttpContext context, Dictionary<string, string> headers, ReadOnlyMemory<byte> body)
    {
        using var timeout = new CancellationTokenSource(options.StoreTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        try
        {
            await _turns.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                return await intake.ReceiveAsync(headers, body, either.Token).ConfigureAwait(false);
            }
            finally
            {
                _turns.Release();
            }
        }
#pragma warning disable CA1031 // Whatever it was, the callback may not be stored: the provider has to send it again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            CallbackEndpointLog.NotStored(logger, intake.Provider, exception);
            return null;
        }
    }

    private Task AnswerAsync(HttpContext context, CallbackReceipt? receipt) => receipt switch
    {
        CallbackReceipt.Stored or CallbackReceipt.Repeated => WriteAsync(context, intake.Verifier.Accepted, intake.Verifier.Accepted.Status),
        null => WriteAsync(context, intake.Verifier.Refused, StatusCodes.Status503ServiceUnavailable),
        _ => WriteAsync(context, intake.Verifier.Refused, intake.Verifier.Refused.Status),
    };

    private Task RefuseAsync(HttpContext context, CallbackRefusal reason, int status)
    {
        intake.Refuse(reason);

        // What is left of the body is not waited for.
        context.Response.Headers.Connection = "close";
        return WriteAsync(context, intake.Verifier.Refused, status);
    }

    private static Task WriteAsync(HttpContext context, CallbackReply reply, int status)
    {
        context.Response.StatusCode = status;
        if (reply.Body.Length == 0)
        {
            return Task.CompletedTask;
        }

        context.Response.ContentType = reply.ContentType;
        return context.Response.WriteAsync(reply.Body, context.RequestAborted);
    }
}
