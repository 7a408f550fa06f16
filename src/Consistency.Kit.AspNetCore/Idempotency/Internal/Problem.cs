using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>An answer of the check itself (RFC 9457). Never stored, but for <see cref="Failed"/>.</summary>
internal sealed record Problem(int Status, string Type, string Title, string? Detail = null)
{
    internal const string ContentType = "application/problem+json";

    internal static readonly Problem InProgress = new(
        StatusCodes.Status409Conflict, IdempotencyProblems.InProgress, "The request is still running.",
        "Another attempt with this idempotency key has not been answered yet. Send the same request again after the time in Retry-After.");

    internal static readonly Problem AttemptLost = new(
        StatusCodes.Status409Conflict, IdempotencyProblems.AttemptLost, "Another attempt has taken the request over.",
        "Send the same request again after the time in Retry-After to get its answer.");

    internal static readonly Problem KeyReused = new(
        StatusCodes.Status422UnprocessableEntity, IdempotencyProblems.KeyReused, "The idempotency key was used for another request.",
        "A key names one request: send this one with a new key, or repeat the first one unchanged.");

    internal static readonly Problem StoreUnavailable = new(
        StatusCodes.Status503ServiceUnavailable, IdempotencyProblems.StoreUnavailable, "The request cannot be protected from running twice now.",
        "Send the same request again with the same idempotency key.");

    internal static readonly Problem Failed = new(
        StatusCodes.Status500InternalServerError, IdempotencyProblems.Failed, "The request failed.",
        "What it had done by then is unknown. A repeat with this idempotency key is answered the same and runs nothing.");

    internal static Problem KeyMissing(string header) => new(
        StatusCodes.Status400BadRequest, IdempotencyProblems.KeyMissing, $"The header {header} is missing.",
        "Send a UUID that is new for each logical request and the same in its repeats.");

    internal static Problem KeyInvalid(string header, string detail) => new(
        StatusCodes.Status400BadRequest, IdempotencyProblems.KeyInvalid, $"The header {header} is not an idempotency key.", detail);

    internal static Problem RequestTooLarge(long limit) => new(
        StatusCodes.Status413PayloadTooLarge, IdempotencyProblems.RequestTooLarge, "The request's body is too large.",
        string.Create(CultureInfo.InvariantCulture, $"The limit is {limit} bytes."));

    /// <summary>Answers the request, in the application's own form of problems when it has one.</summary>
    /// <param name="context">A request whose response has not started.</param>
    /// <param name="retryAfter">Told in whole seconds, rounded up, one at least.</param>
    internal async Task WriteAsync(HttpContext context, TimeSpan? retryAfter = null)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (retryAfter is { } delay)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        if (context.RequestServices?.GetService<IProblemDetailsService>() is { } service)
        {
            var details = new ProblemDetails { Status = Status, Type = Type, Title = Title, Detail = Detail };
            if (await service.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = details }).ConfigureAwait(false))
            {
                return;
            }
        }

        var body = Render();
        response.ContentType = ContentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The problem as it is written where the application has no form of its own.</summary>
    internal byte[] Render()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, Type);
            json.WriteString("title"u8, Title);
            json.WriteNumber("status"u8, Status);
            if (Detail is not null)
            {
                json.WriteString("detail"u8, Detail);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
