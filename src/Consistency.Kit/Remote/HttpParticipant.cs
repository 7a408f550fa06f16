using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Remote.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Remote;

/// <summary>A participant of distributed transactions on another service, called over HTTP.</summary>
/// <remarks>
/// <para>The wire is dtm's: POST with the call's name in the query and the request as JSON. 200 is done, 409 refused, 425 running; the words
/// <c>FAILURE</c> and <c>ONGOING</c> in the content of one of these, or <c>dtm_result</c> in a JSON object, count before the status. 409 with
/// <c>Retry-After</c> is running too, as idempotency keys have it. Everything else is unknown: no answer, an answer that takes too long or is too
/// long, a redirect (also one that was followed), HTML, any other status, 204 among them.</para>
/// <para>Each call is made once: repeating is the coordinator's. All its repeats have one <c>Idempotency-Key</c>. The trace context travels
/// with the request as <see cref="HttpClient"/> sends it. Thread-safe.</para>
/// </remarks>
public sealed class HttpParticipant
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly string _address;
    private readonly HttpParticipantOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates the participant.</summary>
    /// <param name="http">Sends the requests; best without following redirects. Not disposed here.</param>
    /// <param name="address">Where the branch is; relative to the client's base address, or absolute. It may have a query of its own.</param>
    /// <param name="options">Changes the defaults.</param>
    /// <param name="logger">Told of each call whose outcome is unknown; never of contents.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The address or the options do not fit.</exception>
    public HttpParticipant(HttpClient http, Uri address, HttpParticipantOptions? options = null, ILogger<HttpParticipant>? logger = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsAbsoluteUri ? address.Scheme is not ("http" or "https") : http.BaseAddress is null)
        {
            throw new ArgumentException($"'{address}' is no address of a participant: give an absolute http or https address, or an HttpClient with a BaseAddress.", nameof(address));
        }

        if (address.OriginalString.Contains('#', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{address}' has a fragment, which is not sent: leave it out.", nameof(address));
        }

        _options = options ?? new HttpParticipantOptions();
        var problems = string.Join(Environment.NewLine, _options.Validate());
        if (problems.Length > 0)
        {
            throw new ArgumentException(problems, nameof(options));
        }

        _http = http;
        _address = address.OriginalString;
        _logger = logger ?? NullLogger<HttpParticipant>.Instance;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Makes one call, with a request and a reply that a JSON context knows.</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">The same in every repeat, and for every operation of the branch.</param>
    /// <param name="requestJson">How the request is written, from a source-generated context.</param>
    /// <param name="replyJson">How the reply is read.</param>
    /// <param name="cancellationToken">Cancels the call; whether it was done is unknown then.</param>
    /// <returns>Unknown when the participant did it but its reply cannot be read.</returns>
    public async Task<RemoteAnswer<TReply>> CallAsync<TRequest, TReply>(
        RemoteCall call,
        TRequest request,
        JsonTypeInfo<TRequest> requestJson,
        JsonTypeInfo<TReply> replyJson,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requestJson);
        ArgumentNullException.ThrowIfNull(replyJson);
        var answer = await CallAsync(call, JsonSerializer.SerializeToUtf8Bytes(request, requestJson), cancellationToken).ConfigureAwait(false);
        switch (answer)
        {
            case RemoteAnswer.Done done:
                try
                {
                    return new RemoteAnswer<TReply>.Done(JsonSerializer.Deserialize(done.Reply.Span, replyJson)!);
                }
                catch (JsonException exception)
                {
                    RemoteLog.Unknown(_logger, call.OperationName, call.BranchId, call.TransactionId, "its reply cannot be read", exception);
                    return new RemoteAnswer<TReply>.Unknown($"The reply is no {typeof(TReply).Name}.");
                }

            case RemoteAnswer.Refused refused:
                return new RemoteAnswer<TReply>.Refused(refused.Refusal, refused.IsSuperseded);
            case RemoteAnswer.Running running:
                return new RemoteAnswer<TReply>.Running(running.RetryAfter);
            default:
                return new RemoteAnswer<TReply>.Unknown(((RemoteAnswer.Unknown)answer).Reason);
        }
    }

    /// <summary>Makes one call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="request">JSON: the same in every repeat, and for every operation of the branch.</param>
    /// <param name="cancellationToken">Cancels the call; whether it was done is unknown then.</param>
    public async Task<RemoteAnswer> CallAsync(RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        RemoteAnswer answer;
        Exception? failure = null;
        try
        {
            answer = await SendAsync(call, request, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            failure = exception;
            answer = new RemoteAnswer.Unknown($"No whole answer came within {_options.Timeout}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            failure = exception;
            answer = new RemoteAnswer.Unknown($"The call failed on the way: {exception.Message}");
        }

        if (answer is RemoteAnswer.Unknown unknown)
        {
            RemoteLog.Unknown(_logger, call.OperationName, call.BranchId, call.TransactionId, unknown.Reason, failure);
        }

        return answer;
    }

    private async Task<RemoteAnswer> SendAsync(RemoteCall call, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var address = AddressOf(call);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = Json;
        request.Headers.TryAddWithoutValidation("Idempotency-Key", $"\"{KeyOf(call)}\"");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.RequestMessage is { } last && (last.Method != HttpMethod.Post || !Asked(last.RequestUri, address)))
        {
            return new RemoteAnswer.Unknown("The participant redirects: give its final address.");
        }

        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var bytes = await ReadAsync(content, cancellationToken).ConfigureAwait(false);
            return bytes is null
                ? new RemoteAnswer.Unknown($"The answer has more than {_options.MaxAnswerBytes} bytes.")
                : AnswerReader.Read((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, RetryAfter(response), bytes);
        }
    }

    private Uri AddressOf(RemoteCall call)
    {
        var separator = _address.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return new Uri(
            $"{_address}{separator}gid={Uri.EscapeDataString(call.TransactionId)}&trans_type={call.TransactionType}&branch_id={Uri.EscapeDataString(call.BranchId)}&op={call.OperationName}",
            UriKind.RelativeOrAbsolute);
    }

    // A followed redirect leaves its mark on the request. Handlers may put another host there.
    private bool Asked(Uri? last, Uri asked) => last?.PathAndQuery == (asked.IsAbsoluteUri ? asked : new Uri(_http.BaseAddress!, asked)).PathAndQuery;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var delay = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - _time.GetUtcNow() : null;
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }

    private async Task<byte[]?> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4_096];
        while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            if (kept.Length + read > _options.MaxAnswerBytes)
            {
                return null;
            }

            kept.Write(buffer, 0, read);
        }

        return kept.ToArray();
    }

    private static string KeyOf(RemoteCall call)
    {
        var key = $"{call.TransactionType}/{call.TransactionId}/{call.BranchId}/{call.OperationName}";

        // A key in quotes has to fit too; quotes and backslashes of an id would have to be escaped.
        return key.Length <= IdempotencyKey.MaxLength && key.AsSpan().IndexOfAny('"', '\\') < 0
            ? key
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
    }
}
