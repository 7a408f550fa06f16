namespace Consistency.Kit.Payments.Internal;

/// <summary>Calls a provider, bounded in time and in size.</summary>
internal sealed class ProviderHttp
{
    private const int MaxBody = 1024 * 1024;

    private readonly string _provider;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;

    internal ProviderHttp(string provider, HttpClient http, TimeProvider time, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        (_provider, _http, _time, _timeout) = (provider, http, time, timeout);
    }

    /// <summary>What became of a call that was answered in a way nobody has documented: it is asked again.</summary>
    internal Exception Unknown(string what, ProviderAnswer answer, string? code) => new HttpRequestException(
        $"{_provider} answered a {what} with {(int)answer.Status}{(string.IsNullOrEmpty(code) ? "" : " " + code)}: nobody knows what became of it.", null, answer.Status);

    /// <summary>Sends a request and reads the whole answer, with the headers that are asked for.</summary>
    /// <exception cref="TimeoutException">The answer is not whole within the time.</exception>
    /// <exception cref="InvalidDataException">The answer is larger than any that this provider gives.</exception>
    internal async Task<ProviderAnswer> SendAsync(HttpRequestMessage request, IReadOnlyList<string> headers, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            var wanted = headers.Where(name => response.Headers.Contains(name)).ToDictionary(name => name, name => string.Join(',', response.Headers.GetValues(name)));
            return new ProviderAnswer(response.StatusCode, await ReadAsync(response.Content, either.Token).ConfigureAwait(false), wanted);
        }
        catch (OperationCanceledException exception) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_provider} has not answered within {_timeout.TotalSeconds} s.", exception);
        }
    }

    /// <summary>Opens an answer that is read as it comes, such as a statement. The time bounds its beginning only.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw new HttpRequestException($"{_provider} answered a download with {(int)response.StatusCode}.", null, response.StatusCode);
            }
        }
        catch (OperationCanceledException exception) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_provider} has not answered within {_timeout.TotalSeconds} s.", exception);
        }
    }

    private async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var body = new System.Buffers.ArrayBufferWriter<byte>();
            while (true)
            {
                var read = await stream.ReadAsync(body.GetMemory(4096), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return body.WrittenSpan.ToArray();
                }

                body.Advance(read);
                if (body.WrittenCount > MaxBody)
                {
                    throw new InvalidDataException($"{_provider} answers with more than {MaxBody} bytes.");
                }
            }
        }
    }
}
